import { sql } from 'drizzle-orm'
import type { Lacks } from '../rules/lacks.ts'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'

/** Instances that lack the same. */
export interface Lacking {
  readonly lacks: Lacks
  readonly count: number
  /** The first of them by name. */
  readonly some: readonly { readonly id: string; readonly name: string }[]
}

/** What enabled instances do not give us: those alike together, as most of a fleet are. */
export async function lackingInstances({ db }: Store): Promise<Lacking[]> {
  return resultRows(
    await db.execute(sql`
      select lacks, count(*)::int as count,
        to_json((array_agg(json_build_object('id', id, 'name', name) order by name))[1:5]) as some
      from instances where enabled and lacks <> '{}' group by lacks
      order by count(*) desc limit 200`),
  )
}
