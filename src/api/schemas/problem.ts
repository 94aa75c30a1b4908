import { z } from '@hono/zod-openapi'

const fault = z
  .object({
    pointer: z
      .string()
      .describe('JSON pointer (RFC 6901) to the field; `/query/...` and `/header/...` to others.'),
    message: z.string().describe('What is wrong with it.'),
  })
  .openapi('Fault', {
    example: { pointer: '/retryPolicy/maxRetries', message: 'Too big: expected number to be <=20' },
  })

/** RFC 9457, with the members that clients of seed 1's product read. */
export const problemSchema = z
  .object({
    type: z.string().describe('Names the kind of problem; never changes.'),
    title: z.string().describe('The kind of problem, for people.'),
    status: z.int().min(400).max(599).describe('The HTTP status.'),
    detail: z.string().describe('What is wrong here, and what to do.'),
    errors: z.array(fault).optional().describe('Every fault of the request.'),
    lockedEvents: z
      .array(
        z.object({
          event: z.string().describe('An event type outside the licence.'),
          tier: z.string().describe('The tier it needs.'),
        }),
      )
      .optional()
      .describe('The events that the licence does not include.'),
    requestId: z.string().optional().describe('What the log names the request.'),
    message: z.string().describe('The same as `detail`.'),
    error: z.string().describe('The same as `title`.'),
    statusCode: z.int().min(100).max(599).describe('The same as `status`.'),
  })
  .openapi({
    example: {
      type: '/problems/validation',
      title: 'Invalid request',
      status: 400,
      detail: 'The request is invalid. /name: It is required.',
      errors: [{ pointer: '/name', message: 'It is required' }],
      message: 'The request is invalid. /name: It is required.',
      error: 'Invalid request',
      statusCode: 400,
    },
  })
