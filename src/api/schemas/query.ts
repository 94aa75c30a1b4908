import { z } from '@hono/zod-openapi'
import { storable } from '../../rules/text.ts'
import { isId } from '../../store/ids.ts'

/** How many to show. */
export function limit(usual: number, most: number) {
  return z.coerce.number().int().min(1).max(most).default(usual).describe('How many at most.')
}

/** Where a page of a list ordered by id begins. */
export const idCursor = z
  .string()
  .refine(isId, 'It is no cursor of this list; take it from the Link header of an answer')
  .optional()
  .describe('Where the page begins: taken from the `Link` header of the page before.')

/** A filter that compares text. */
export function filter(description: string) {
  return storable(z.string().min(1).max(1000)).optional().describe(description)
}

/** The `Link` header of a list. */
export const linkHeader = z.object({
  Link: z.string().optional().describe('Where the next page is, `rel="next"`; absent on the last.'),
})

/** The id in a path. Any text: what is no id is simply not found. */
export function pathId(what: string) {
  return z.object({ id: z.string().describe(`Id of the ${what}.`) })
}
