import { type SQL, sql } from 'drizzle-orm'

/**
 * Rows as one parameter, to be joined or inserted from: `u`, or another name, with the given columns
 * and types. One parameter however many rows there are, and the same bytes through every driver.
 */
export function rows<Column extends string>(
  columns: Readonly<Record<Column, string>>,
  values: readonly Readonly<Record<Column, unknown>>[],
  name = 'u',
): SQL {
  const shape = Object.entries(columns).map(([column, type]) => sql.raw(`"${column}" ${type}`))
  return sql`json_to_recordset(${storedJson(values)}::json) as ${sql.raw(name)}(${sql.join(shape, sql`, `)})`
}

/** One of these ids, after `=`: one parameter however many there are, and the planner can count them. */
export function anyOf(ids: readonly string[]): SQL {
  return sql`any(string_to_array(${ids.join()}, ',')::uuid[])`
}

/** JSON fit for Postgres, which refuses NUL and half of a surrogate pair: they become U+FFFD. */
export function storedJson(value: unknown): string {
  const json = JSON.stringify(value)
  // Nearly no text has them, and looking at every escaped quote takes longer than writing it all.
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return json
  return json.replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (sequence) =>
    sequence.length === 6 ? '\\ufffd' : sequence,
  )
}

/** Text fit for Postgres: no NUL, and no half of a surrogate pair. */
export function storedText(text: string): string {
  return text.replaceAll('\u0000', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd')
}

/** The rows of a statement written by hand: drivers wrap them differently. */
export function resultRows<Row>(result: unknown): Row[] {
  if (Array.isArray(result)) return result
  if (
    typeof result === 'object' &&
    result !== null &&
    'rows' in result &&
    Array.isArray(result.rows)
  )
    return result.rows
  throw new TypeError('The database driver returned no rows.')
}
