import { removeAudit } from '../store/audit.ts'
import type { Store } from '../store/database.ts'
import { forgetHours } from '../store/delivery-hours.ts'
import { forgetKeys } from '../store/idempotency.ts'
import {
  forgetAlertVersions,
  keepNewest,
  removeBatches,
  removeHistory,
} from '../store/retention.ts'
import { thinSamples } from '../store/samples.ts'
import { tidy } from '../store/tidy.ts'
import type { Step } from './loop.ts'

export interface HousekeepingOptions {
  readonly store: Store
  readonly now: () => number
  readonly retentionDays: number
  /** The most settled deliveries kept of each webhook. Default: no limit. */
  readonly keepDeliveries?: number | undefined
  /** Whether the database has nobody else to tidy it. */
  readonly embedded: boolean
}

const hourMs = 3_600_000
const batch = 1000
/** Who changed what is asked for long after: history's own limit is too short for it. */
const auditDays = 365

/**
 * Removes what is older than it need be kept. A little at a time, with room for others in between;
 * once an hour when there is nothing left to remove, and once a minute where more is to be kept low.
 */
export async function housekeep(options: HousekeepingOptions): Promise<Step> {
  const { store, now, retentionDays, keepDeliveries, embedded } = options
  const oldest = new Date(now() - retentionDays * 24 * hourMs)
  const removed = [
    await removeHistory(store, oldest, batch),
    await removeBatches(store, batch),
    await removeAudit(store.db, new Date(now() - auditDays * 24 * hourMs), batch),
    await forgetKeys(store, batch),
    keepDeliveries === undefined ? 0 : await keepNewest(store, keepDeliveries, batch),
  ]
  if (removed.includes(batch)) return { nextInMs: 100 }
  await forgetAlertVersions(store)
  await thinSamples(store)
  await forgetHours(store)
  if (embedded) await tidy(store)
  return { nextInMs: keepDeliveries === undefined && !embedded ? hourMs : hourMs / 60 }
}
