import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId, leastId } from './ids.ts'
import { resultRows } from './rows.ts'

/** Events of one type that happened on an instance within one slot of time. */
export interface Happened {
  readonly type: string
  readonly severity: string
  /** Counted from the beginning. */
  readonly slot: number
  readonly count: number
}

export interface Span {
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
  /** Parts of equal length. */
  readonly slots: number
}

/** The newest, and no more: drawing them all would show no more either. */
const mostInTimeline = 5000

/** What happened on an instance, counted by type and slot of time. */
export async function timelineOf(
  { db }: Store,
  instanceId: string,
  { from, to, slots }: Span,
): Promise<Happened[]> {
  if (!isId(instanceId)) return []
  const [begin, end] = [from, to].map((at) => sql`${new Date(at).toISOString()}::timestamptz`)
  const lengthMs = (to - from) / slots
  return resultRows<Happened>(
    await db.execute(sql`
      select type, severity, count,
        least(round(extract(epoch from slot - ${begin}) * 1000 / ${lengthMs}::int)::int,
          ${slots - 1}::int) as slot
      from (
        select type, severity, count(*)::int as count,
          date_bin(${`${lengthMs} milliseconds`}::interval, occurred_at, ${begin}) as slot
        from (select type, severity, occurred_at from events
          where instance_id = ${instanceId} and fired and id >= ${leastId(new Date(from))}
          order by id desc limit ${mostInTimeline}) newest
        where occurred_at between ${begin} and ${end}
        group by type, severity, 4) counted
      order by type, 4`),
  )
}
