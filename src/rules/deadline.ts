/** Settles as `work` does; after `ms` without a result it rejects with what `late` makes instead. */
export function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/**
 * A signal that fires after `ms`, as `AbortSignal.timeout` does; to be ended when nobody waits for it
 * any more. It costs a fraction: nothing of it is left to the garbage collector to find.
 */
export function deadline(ms: number): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController()
  const late = () => controller.abort(new DOMException(`${ms} ms are over.`, 'TimeoutError'))
  const timer = setTimeout(late, ms)
  return { signal: controller.signal, end: () => clearTimeout(timer) }
}
