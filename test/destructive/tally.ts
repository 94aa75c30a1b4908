import { type Receiver, startReceiver } from '../support/receiver.ts'

/** One event at one webhook. */
interface Arrival {
  readonly key: string
  readonly webhookId: string
  readonly eventId: string
  readonly deliveryId: string
  /** When it arrived and was answered with success, epoch milliseconds: once, it should be. */
  readonly times: number[]
}

/** Counts what arrives at receivers. */
export interface Tally {
  /** By webhook and event. */
  readonly arrivals: ReadonlyMap<string, Arrival>
  /** When the last request came, epoch milliseconds, however it was answered. */
  readonly lastAt: number
  /** Starts a receiver that is counted; `answer` gives a status, 200 by default. */
  receiver(answer?: Answer, port?: number): Promise<Receiver>
  close(): Promise<void>
}

type Request = Receiver['requests'][number]

interface Answer {
  readonly delayMs?: number
  /** Default: always 200. */
  readonly status?: (request: Request) => number
}

export function createTally(): Tally {
  const arrivals = new Map<string, Arrival>()
  const receivers: Receiver[] = []
  let lastAt = 0

  function note({ headers, body, at }: Request): void {
    const webhookId = String(headers['x-webhook-id'])
    const eventId = String(JSON.parse(body).id)
    const key = `${webhookId} ${eventId}`
    const known = arrivals.get(key)
    const deliveryId = String(headers['x-webhook-delivery-id'])
    if (known) known.times.push(at)
    else arrivals.set(key, { key, webhookId, eventId, deliveryId, times: [at] })
  }

  return {
    arrivals,
    get lastAt() {
      return lastAt
    },
    async receiver({ delayMs = 0, status = () => 200 } = {}, port = 0) {
      const receiver = await startReceiver({
        port,
        respond(request) {
          const chosen = status(request)
          lastAt = request.at
          if (chosen < 300) note(request)
          return { status: chosen, delayMs }
        },
      })
      receivers.push(receiver)
      return receiver
    },
    async close() {
      await Promise.all(receivers.map((receiver) => receiver.close()))
    },
  }
}
