import { type Benchmark, result } from './benchmark.ts'
import { openPlace } from './databases.ts'
import { runPlainOutbox } from './outbox.ts'
import { paced } from './pace.ts'
import { startReceiver } from './receiver.ts'
import { createService } from './service.ts'
import { startWire } from './wire.ts'

/** How the events come: how many a request, and how many requests a second. */
const loads = [
  { name: 'one-by-one', events: 1, perSecond: 200 },
  { name: 'by-hundreds', events: 100, perSecond: 5 },
]
const plainRows = 100

/** All that PostgreSQL is asked, publishing and transaction control included, for each event. */
export const statements: Benchmark = {
  name: 'statements',
  summary: 'statements per event published and delivered at load, against a row-by-row outbox',
  async *run({ quick, kinds, databases }) {
    if (!kinds.includes('postgres')) return
    const seconds = quick ? 2 : 6
    for (const { name, events, perSecond } of loads) {
      const { kind, location } = await databases.place('postgres')
      const wire = await startWire(location)
      const database = await openPlace({ kind, location: wire.url })
      const receiver = await startReceiver()
      try {
        const service = await createService(database)
        await service.createWebhook(receiver.urls[0] ?? '')
        service.start()
        await service.publish()
        await receiver.arrived(1, 5000)

        let published = 0
        const before = wire.statements
        await paced({ perSecond, seconds }, async () => {
          const ids = await service.publish(events)
          published += ids.length
        })
        await receiver.arrived(published + 1, 20_000)
        await service.stop()
        const ours = (wire.statements - before) / published

        const plainBefore = wire.statements
        await runPlainOutbox(database, plainRows)
        yield result({
          name: `statements.postgres.${name}`,
          value: ours,
          unit: 'statements/event',
          reference: (wire.statements - plainBefore) / plainRows,
          target: { of: 'value', atMost: 3 },
        })
      } finally {
        await database.close()
        await wire.close()
        receiver.close()
      }
    }
  },
}
