import type { z } from 'zod'

/** Half of a surrogate pair, which no UTF-8 text can hold. */
const lone = /\p{Surrogate}/u

/** Only text that every database column can hold: no NUL, no half of a character. */
export function storable<Schema extends z.ZodString>(schema: Schema): Schema {
  return schema.refine(
    (text) => !text.includes('\u0000') && !lone.test(text),
    'It holds a NUL or half of a character; remove it',
  )
}
