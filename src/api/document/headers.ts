import type { Answers } from './operations.ts'

/** Headers that any answer may have; they are added to those an answer declares itself. */
export const headers = {
  RateLimit: {
    description:
      'Where the route is limited: what is left of the limit, and in how many seconds it is whole ' +
      'again (draft-ietf-httpapi-ratelimit-headers).',
    schema: { type: 'string', maxLength: 255 },
    example: '"create";r=24;t=60',
  },
  'RateLimit-Policy': {
    description: 'Where the route is limited: the limit, and the seconds it is counted over.',
    schema: { type: 'string', maxLength: 255 },
    example: '"create";q=25;w=60',
  },
  'X-Request-Id': {
    description: 'What the log names the request; taken from the request, where it has one.',
    schema: { type: 'string', maxLength: 255 },
    example: '0197c0de-0000-7000-8000-000000000000',
  },
  'Access-Control-Allow-Origin': {
    description: 'Never sent: pages of other origins cannot read answers.',
    schema: { type: 'string', maxLength: 255 },
    example: 'null',
  },
} as const

const everywhere = Object.fromEntries(
  Object.keys(headers).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
)

/** Answers with these headers beside their own; references lead to answers that have them. */
export function withHeaders(answers: Answers): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      answer.$ref === undefined
        ? { ...answer, headers: { ...answer.headers, ...everywhere } }
        : answer,
    ]),
  )
}
