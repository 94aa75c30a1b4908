import { z } from '@hono/zod-openapi'

const fault = z
  .object({
    pointer: z
      .string()
      .describe('JSON pointer (RFC 6901) to the field; `/query/...` and `/header/...` to others.'),
    message: z.string().describe('What is wrong with it.'),
  })
  .openapi('Fault', {
    description: 'One thing wrong with a request.',
    example: { pointer: '/retryPolicy/maxRetries', message: 'Too big: expected number to be <=20' },
  })

const members = {
  type: z.string().describe('Names the kind of problem; never changes.'),
  title: z.string().describe('The kind of problem, for people.'),
  status: z.int().min(400).max(599).describe('The HTTP status.'),
  detail: z.string().describe('What is wrong here, and what to do.'),
  requestId: z.string().optional().describe('What the log names the request.'),
  message: z.string().describe('The same as `detail`.'),
  error: z.string().describe('The same as `title`.'),
  statusCode: z.int().min(100).max(599).describe('The same as `status`.'),
}

/** RFC 9457, with the members that clients of seed 1's product read. */
const problem = z.object(members)

/** Every fault of a request, all at once. */
export const faultyRequestSchema = problem.extend({
  errors: z.array(fault).optional().describe('Every fault of the request.'),
})

/** Which events are refused, where the licence is why. */
export const lockedEventsSchema = problem.extend({
  lockedEvents: z
    .array(
      z.object({
        event: z.string().describe('An event type outside the licence.'),
        tier: z.string().describe('The tier it needs.'),
      }),
    )
    .optional()
    .describe('The events that the licence does not include.'),
})

/** The problem that an answer of that name carries, with an example of it. */
export function problemSchema(name: string, description: string, example: object) {
  const shapes = { BadRequest: faultyRequestSchema, LockedEvents: lockedEventsSchema }
  const shape: z.ZodObject = name in shapes ? shapes[name as keyof typeof shapes] : problem
  return shape.extend({}).openapi({ description, example })
}
