import { sql } from 'drizzle-orm'
import { type DatabaseKind, openPlace } from './databases.ts'
import { createService } from './service.ts'

/**
 * A process that drains a queue and tells how much memory it takes: its argument is JSON of
 * {@link Task}. Seeding is a task of its own, so that it leaves nothing behind in the measured one.
 */
interface Task {
  readonly kind: DatabaseKind
  readonly location: string
  readonly url: string
  /** Deliveries to put into the queue; 0 drains instead. */
  readonly seed: number
}

process.once('disconnect', () => process.exit(0))
const task: Task = JSON.parse(process.argv[2] ?? '{}')
const database = await openPlace(task)
const service = await createService(database)
if (task.seed > 0) {
  const [webhookId, [eventId]] = [await service.createWebhook(task.url), await service.publish()]
  await database.db.execute(sql`
    insert into deliveries (id, event_id, webhook_id, event_type)
    select gen_random_uuid(), ${eventId}, ${webhookId}, 'instance.up'
    from generate_series(2, ${task.seed}::int)`)
} else {
  service.start()
  await new Promise((resolve) => process.once('message', resolve))
  await service.stop()
  process.send?.({ rssBytes: process.memoryUsage.rss() })
}
await database.close()
process.disconnect?.()
