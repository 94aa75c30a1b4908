import type { FormatRequest } from 'tocsin/testing'
import { z } from 'zod'

/** What a vendor's documents say about a body, as a check of every request. */
export const bodies = (schema: z.ZodType) => (request: FormatRequest) => {
  const { success, error } = schema.safeParse(JSON.parse(request.body))
  if (!success) throw new Error(`${z.prettifyError(error)}\nin ${request.body.slice(0, 2000)}`)
}

/** Bytes of a body. */
export const within = (most: number, demands: ReturnType<typeof bodies>) => {
  return (request: FormatRequest) => {
    demands(request)
    const bytes = Buffer.byteLength(request.body)
    if (bytes > most) throw new Error(`${bytes} bytes are more than ${most}`)
  }
}

/** Text of 1 to `most` UTF-16 units. */
export const text = (most: number) => z.string().min(1).max(most)

/** RFC 3339, as far as four digits of a year go. */
export const time = z.iso.datetime({ offset: false }).or(z.string().regex(/^\+\d{6}-/))
