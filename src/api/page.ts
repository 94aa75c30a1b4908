import type { Context } from './context.ts'

/**
 * Shows at most `limit` of the rows found, and in `Link` (RFC 8288) where the next page is. Look for
 * one row more than is shown: that is how a next page is known.
 */
export function pageOf<Row>(
  context: Context,
  found: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
): readonly Row[] {
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  if (found.length > limit && last !== undefined) {
    const { pathname, searchParams } = new URL(context.req.url)
    searchParams.delete('offset')
    searchParams.set('cursor', cursorOf(last))
    // Relative: true behind every proxy.
    context.header('Link', `<${pathname}?${searchParams}>; rel="next"`)
  }
  return shown
}
