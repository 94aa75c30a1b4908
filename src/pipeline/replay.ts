import { z } from 'zod'
import type { Tier } from '../plugin/event.ts'
import type { Catalog } from '../rules/catalog.ts'
import type { Formats } from '../rules/formats.ts'
import { createHearing } from '../rules/hearing.ts'
import { alertResolved } from '../rules/operational.ts'
import { type Replay, replayLimit, replays } from '../rules/replay.ts'
import type { Store } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import type { NewDelivery } from '../store/outbox.ts'
import { enqueueAgain, type PastEvent, pastEvents } from '../store/replay.ts'
import type { Webhook } from '../store/webhooks.ts'
import { compose } from './compose.ts'

export interface ReplayOptions {
  readonly store: Store
  readonly catalog: Catalog
  readonly formats: Formats
  readonly tier: () => Tier
  readonly now: () => number
  /** Called after each commit that has made deliveries due. */
  readonly onOwed: () => void
}

/** Events looked at in one go: each has its own short transaction. */
const batch = 500
const stored = z.record(z.string(), z.unknown())

/** Owes a webhook past events again, oldest first, or only counts them; answers how many. */
export async function replay(
  webhook: Webhook,
  { since, until, events, dryRun, by }: Replay,
  { store, catalog, formats, tier, now, onOwed }: ReplayOptions,
): Promise<number> {
  const hearing = createHearing(catalog, formats)
  const listening = { ...webhook, enabled: true }
  const types = [...catalog.events.values()]
    .filter(
      (event) =>
        hearing.hears(listening, event) ||
        (event.declaration.type === alertResolved.type && hearing.hearsResolved(listening)),
    )
    .map(({ declaration }) => declaration.type)
    .filter((type) => events?.includes(type) ?? true)
  if (types.length === 0) return 0
  // What happens meanwhile is no past event, or there would be no end.
  const which = { types, since, until: new Date(Math.min(until?.getTime() ?? now(), now())) }
  let count = 0
  for (let after: string | undefined; ; ) {
    const found = await pastEvents(store, webhook.id, which, { limit: batch, after })
    const again = found.flatMap((past) => owe(past) ?? [])
    const queued = dryRun ? again.length : await enqueueAgain(store, webhook.id, again, by)
    if (queued > 0 && !dryRun) onOwed()
    count += queued
    after = found.at(-1)?.id
    if (found.length < batch) return count
  }

  function owe(past: PastEvent): NewDelivery | undefined {
    const event = catalog.events.get(past.type)
    if (event === undefined) return undefined
    const fired = {
      ...past,
      event,
      instanceId: past.instanceId ?? undefined,
      labels: past.labels ?? undefined,
      data: stored.parse(JSON.parse(past.data)),
    }
    if (!replays(listening, fired, { tier: tier(), now: now(), hearing })) return undefined
    const limit = past.wasTold ? undefined : replayLimit(webhook, fired)
    const text = limit === undefined ? past.ownData : compose(event.declaration, fired.data, limit)
    const data = text === past.data ? null : text
    return { id: newId(), eventId: past.id, webhookId: webhook.id, data }
  }
}
