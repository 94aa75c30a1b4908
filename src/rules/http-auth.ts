import { z } from 'zod'
import { secretSchema } from './secret-reference.ts'
import { httpAuthInOurWords } from './seed-secret.ts'
import { storable } from './text.ts'

const variants = () =>
  z.discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('Basic').describe('User name and password (RFC 7617).'),
        username: storable(z.string().max(255))
          .refine((name) => !name.includes(':'), 'A user name holds no colon (RFC 7617)')
          .describe('User name.'),
        password: secretSchema().describe('Password: itself, or where it is found.'),
      })
      .describe('User name and password.'),
    z
      .strictObject({
        type: z.literal('Bearer').describe('A token (RFC 6750).'),
        token: secretSchema().describe('Token: itself, or where it is found.'),
      })
      .describe('A token.'),
  ])

/** HTTP authentication of a webhook as users send it, in our words or those of seed 5 (`httpAuth`). */
export const httpAuthSchema = () =>
  z
    .preprocess(httpAuthInOurWords, variants().nullable())
    .describe('The `Authorization` header of every request. What Stalwart writes is taken too.')

export type HttpAuthInput = NonNullable<z.output<ReturnType<typeof httpAuthSchema>>>
