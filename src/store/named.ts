import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId } from './ids.ts'
import { resultRows } from './rows.ts'

/** What people choose by name. */
export type Kind = 'webhooks' | 'instances'

export interface Named {
  readonly id: string
  readonly name: string
  /** Tells apart what has the same name: a URL, or an address. */
  readonly place: string
}

const place = {
  webhooks: sql`url`,
  instances: sql`host || ':' || port::text`,
} as const

/** Most that one name, or a part of it, stands for. */
const mostMeant = 50

/**
 * Those that a text stands for: the one with that id, else those of that name, else those with a name
 * or place that contains it. The newest first; none of nothing.
 */
export async function meantBy({ db }: Store, kind: Kind, text: string): Promise<Named[]> {
  if (text === '') return []
  const columns = sql`id, name, ${place[kind]} as place`
  const table = sql.raw(kind)
  if (isId(text))
    return resultRows(await db.execute(sql`select ${columns} from ${table} where id = ${text}`))
  const like = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  const found = resultRows<Named & { isExact: boolean }>(
    await db.execute(sql`
      select ${columns}, lower(name) = lower(${text}) as "isExact" from ${table}
      where name ilike ${like} or ${place[kind]} ilike ${like}
      order by 4 desc, id desc limit ${mostMeant}`),
  )
  const exact = found.filter(({ isExact }) => isExact)
  return exact.length > 0 ? exact : found
}

/** Some to choose from: the newest of those that a text stands for, or of all. */
export async function choices({ db }: Store, kind: Kind, text: string): Promise<Named[]> {
  const like = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  return resultRows(
    await db.execute(sql`
      select id, name, ${place[kind]} as place from ${sql.raw(kind)}
      where ${text} = '' or name ilike ${like} or ${place[kind]} ilike ${like}
      order by id desc limit 20`),
  )
}
