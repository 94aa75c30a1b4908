import { EventEmitter, once } from 'node:events'
import { type Arrival, startReceiver } from './receiver.ts'

/** The receiver of the demo: what `tocsin listen` is, with what has arrived kept by number. */
export async function startDemoReceiver(secret: string) {
  const arrivals: Arrival[] = []
  const arrived = new EventEmitter()
  const receiver = await startReceiver({
    checks: { secret },
    onArrival(arrival) {
      arrivals.push(arrival)
      arrived.emit('arrival')
    },
  })
  return {
    url: `${receiver.url}/webhooks/demo`,
    arrivals,
    /** The arrival of that number, counted from 0. Throws after `timeoutMs`, or if it is forged. */
    async arrival(index: number, timeoutMs: number): Promise<Arrival> {
      const deadline = AbortSignal.timeout(timeoutMs)
      for (;;) {
        const arrival = arrivals[index]
        if (arrival?.result?.ok === false) throw new Error(arrival.result.message)
        if (arrival !== undefined) return arrival
        await once(arrived, 'arrival', { signal: deadline })
      }
    },
    close: receiver.close,
  }
}
