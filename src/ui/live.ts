import type { Service } from '../api/service.ts'
import { pulse } from '../store/pulse.ts'

/** Tells open pages when there is something new to show. */
export interface Live {
  /** Server-sent events: `change` whenever something has changed. */
  stream(signal: AbortSignal): Response
  close(): void
}

/** Whether this runtime can keep a stream open; elsewhere pages ask again by themselves. */
export const streams = !(globalThis.navigator?.userAgent ?? '').includes('Cloudflare')

const lookEveryMs = 2000
/** A browser comes back by itself; a proxy would end a longer stream anyway. */
const longestMs = 300_000

/** One look at the database serves every page that is open. */
export function createLive({ store }: Service): Live {
  const listeners = new Set<(event: string | undefined) => void>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = ''

  async function look(): Promise<void> {
    const now = await pulse(store).catch(() => last)
    const event = now === last ? ': nothing new\n\n' : 'event: change\ndata:\n\n'
    last = now
    for (const tell of listeners) tell(event)
    timer = listeners.size > 0 ? setTimeout(look, lookEveryMs) : undefined
  }

  return {
    stream(signal) {
      const encoder = new TextEncoder()
      let leave: () => void = () => undefined
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const tell = (event: string | undefined) => {
            if (event === undefined) leave()
            else controller.enqueue(encoder.encode(event))
          }
          const over = setTimeout(() => leave(), longestMs)
          leave = () => {
            clearTimeout(over)
            if (!listeners.delete(tell)) return
            controller.close()
          }
          controller.enqueue(encoder.encode('retry: 2000\n\n'))
          listeners.add(tell)
          signal.addEventListener('abort', () => leave(), { once: true })
          timer ??= setTimeout(look, lookEveryMs)
        },
        cancel: () => leave(),
      })
      return new Response(body, {
        headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' },
      })
    },
    close() {
      clearTimeout(timer)
      timer = undefined
      for (const tell of [...listeners]) tell(undefined)
    },
  }
}
