/** A body as it comes, for one reader. */
export interface Chunks {
  readonly body: AsyncIterable<Uint8Array>
  /** False where the sender is to pause until `wanted` is called. */
  push(chunk: Uint8Array): boolean
  end(): void
  /** What has come is still read; then the reader gets the error. */
  fail(error: unknown): void
}

export interface Reader {
  /** The reader waits for more. */
  wanted(): void
  /** The reader has left before the end. */
  left(): void
}

export function createChunks({ wanted, left }: Reader): Chunks {
  const waiting: Uint8Array[] = []
  let end: { readonly error?: unknown } | undefined
  let wake = () => {}

  async function* read() {
    try {
      for (;;) {
        const chunk = waiting.shift()
        if (chunk !== undefined) yield chunk
        else if (end === undefined) {
          const more = new Promise<void>((resolve) => {
            wake = resolve
          })
          wanted()
          await more
        } else if ('error' in end) throw end.error
        else return
      }
    } finally {
      if (end === undefined) left()
    }
  }

  function finish(how: { readonly error?: unknown }): void {
    end ??= how
    wake()
  }

  return {
    body: read(),
    push(chunk) {
      waiting.push(chunk)
      wake()
      return waiting.length < 2
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
  }
}
