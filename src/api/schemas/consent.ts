import { z } from '@hono/zod-openapi'

export const consentKey = z.object({
  key: z.string().describe('Names the question; it is part of the URL that the receiver was told.'),
})

export const consentGivenSchema = z
  .object({ message: z.literal('Consent given').describe('What was done.') })
  .openapi('ConsentGiven', {
    description: 'A receiver has consented to get requests.',
    example: { message: 'Consent given' },
  })
