import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { type Benchmark, result } from './benchmark.ts'
import { openPlace } from './databases.ts'
import { createService } from './service.ts'
import { startWire } from './wire.ts'

/** What a process with nothing to do asks of PostgreSQL, beside one that asks once a second. */
export const idle: Benchmark = {
  name: 'idle',
  summary: 'statements a second of an idle process, against one `select 1` a second',
  async *run({ quick, kinds, databases }) {
    if (!kinds.includes('postgres')) return
    const seconds = quick ? 3 : 10
    const { kind, location } = await databases.place('postgres')
    // Migrated by a first process, so that it is not counted.
    await (await openPlace({ kind, location })).close()
    const [ourWire, bareWire] = await Promise.all([startWire(location), startWire(location)])
    const ours = await openPlace({ kind, location: ourWire.url })
    const bare = await openPlace({ kind, location: bareWire.url })
    const service = await createService(ours)
    service.start()
    // What a connection asks first is no part of it.
    await bare.db.execute(sql`select 1`)
    await sleep(500)
    const before = [ourWire.statements, bareWire.statements] as const
    for (let second = 0; second < seconds; second += 1) {
      await bare.db.execute(sql`select 1`)
      await sleep(1000)
    }
    const counted = [ourWire.statements - before[0], bareWire.statements - before[1]] as const
    await service.stop()
    for (const closing of [ours, bare, ourWire, bareWire]) await closing.close()
    yield result({
      name: 'idle.postgres',
      value: counted[0] / seconds,
      unit: 'statements/s',
      reference: counted[1] / seconds,
      target: { of: 'value', atMost: 1 },
    })
  },
}
