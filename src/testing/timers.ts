const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis

/**
 * Runs `work` with the global timers watched. Resolves with how many it set and left behind,
 * rejects as `work` does. Anything else that sets a timer meanwhile is counted too.
 */
export async function timersLeft(work: () => Promise<unknown>): Promise<number> {
  const open = new Set<unknown>()
  const watched = {
    setTimeout(callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) {
      const timer = setTimeout(() => {
        open.delete(timer)
        callback(...args)
      }, ms)
      open.add(timer)
      return timer
    },
    setInterval(callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) {
      const timer = setInterval(callback, ms, ...args)
      open.add(timer)
      return timer
    },
    clearTimeout(timer?: Parameters<typeof clearTimeout>[0]) {
      open.delete(timer)
      clearTimeout(timer)
    },
    clearInterval(timer?: Parameters<typeof clearInterval>[0]) {
      open.delete(timer)
      clearInterval(timer)
    },
  }
  const before = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
  }
  Object.assign(globalThis, watched)
  try {
    await work()
    return open.size
  } finally {
    Object.assign(globalThis, before)
    for (const timer of open) clearTimeout(timer as Parameters<typeof clearTimeout>[0])
  }
}

/** Settles as `work` does; resolves with `hangs` after `ms` of real time. */
export async function settledWithin<T>(ms: number, work: Promise<T>): Promise<T | 'hangs'> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const hangs = new Promise<'hangs'>((resolve) => {
    timer = setTimeout(() => resolve('hangs'), ms)
  })
  try {
    return await Promise.race([work, hangs])
  } finally {
    clearTimeout(timer)
  }
}
