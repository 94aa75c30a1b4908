import { type SQL, sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'

/** An instance at a glance. */
export interface FleetMember {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly port: number
  readonly enabled: boolean
  readonly state: 'unknown' | 'up' | 'down'
  readonly server: string | null
  readonly version: string | null
  readonly role: string | null
  readonly lastError: string | null
  /** Epoch milliseconds. */
  readonly lastSeenAt: number | null
  /** Types of the alerts that stand on it. */
  readonly alerts: readonly string[]
}

/** Which instances to show, and which page of them. */
export interface FleetFilter {
  readonly state?: 'up' | 'down' | 'unknown' | 'alert' | undefined
  /** Part of a name or address. */
  readonly text?: string | undefined
  readonly limit: number
  readonly offset: number
}

const order = sql`not enabled, state <> 'down', standing desc, state <> 'unknown', name, id`

/** Instances, those in trouble first. What is shown of them is read of those on the page alone. */
export async function fleet({ db }: Store, filter: FleetFilter): Promise<FleetMember[]> {
  return resultRows(
    await db.execute(sql`
      select id, name, host, port, enabled, state, server, version, role,
        last_error as "lastError", (extract(epoch from last_seen_at) * 1000)::float8 as "lastSeenAt",
        array(select distinct event_type from alerts where instance = i.id::text) as alerts
      from (
        select id as shown, coalesce(a.standing, 0) as standing
        from instances left join (
          select instance, count(*) as standing
          from (select distinct instance, event_type from alerts) d group by instance
        ) a on a.instance = instances.id::text
        where ${conditions(filter)}
        order by ${order} limit ${filter.limit} offset ${filter.offset}
      ) s join instances i on i.id = s.shown
      order by ${order}`),
  )
}

function conditions({ state, text }: FleetFilter): SQL {
  const like = `%${(text ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`
  const named = text
    ? sql`(name ilike ${like} or host || ':' || port::text ilike ${like})`
    : sql`true`
  if (state === undefined) return named
  return state === 'alert'
    ? sql`${named} and a.standing is not null`
    : sql`${named} and enabled and state = ${state}`
}

/** How many instances stand how. */
export async function fleetStates({ db }: Store) {
  const [row] = resultRows<{ total: number; up: number; down: number }>(
    await db.execute(sql`
      select count(*)::int as total, count(*) filter (where enabled and state = 'up')::int as up,
        count(*) filter (where enabled and state = 'down')::int as down from instances`),
  )
  return row ?? { total: 0, up: 0, down: 0 }
}
