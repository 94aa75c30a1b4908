import { z } from 'zod'
import { storable } from './text.ts'

const name = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A secret that stays where it is: in the environment of the service, or in a file beside it. */
export const secretReferenceSchema = () =>
  z.union([
    z.strictObject({
      env: z
        .string()
        .max(255)
        .regex(name, 'It is not the name of an environment variable')
        .describe('Name of an environment variable of the service.')
        .meta({ example: 'WEBHOOK_SECRET' }),
    }),
    z.strictObject({
      file: storable(z.string().min(1).max(1024)).describe('Path of a file beside the service.'),
    }),
  ])

/** A secret as users send it: itself, or where it is found. */
export const secretSchema = (value: z.ZodString = storable(z.string().min(1).max(512))) =>
  z.union([value, secretReferenceSchema()], {
    error: 'Send the secret, or where it is found: {"env": "NAME"} or {"file": "/path"}',
  })
