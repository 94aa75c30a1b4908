import type { z } from '@hono/zod-openapi'
import type { Api } from './context.ts'
import { changedMeanwhile } from './etag.ts'
import { invalid, missing, Problem } from './problem.ts'
import { problemSchema } from './schemas/problem.ts'

/** A JSON answer as a route declares it. */
export function answer<Schema extends z.ZodType, Headers extends z.ZodObject>(
  description: string,
  schema: Schema,
  headers?: Headers,
) {
  return {
    description,
    content: { 'application/json': { schema } },
    ...(headers !== undefined && { headers }),
  }
}

/** A JSON body as a route declares it. */
export function body<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, required: true, content: { 'application/json': { schema } } } as const
}

/** A JSON body that may be left out. */
export function optionalBody<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } }
}

const refusals = {
  BadRequest: invalid([{ pointer: '/name', message: 'It is required' }]),
  Unauthorized: new Problem('unauthorized', 'Send a token: Authorization: Bearer <token>.'),
  Forbidden: new Problem('forbidden', 'The token, the licence or the sender does not allow it.'),
  LockedEvents: new Problem(
    'locked-events',
    'The token does not allow it, or the licence not these events.',
  ),
  NotFound: missing('webhook'),
  Conflict: new Problem('conflict', 'It contradicts how things are: `detail` says what to do.'),
  PreconditionFailed: changedMeanwhile(),
  PayloadTooLarge: new Problem('payload-too-large', 'The body is too large.'),
  UnsupportedMediaType: new Problem(
    'unsupported-media-type',
    'The body is not sent as `application/json`.',
  ),
  KeyReused: new Problem(
    'idempotency-key-reused',
    'The `Idempotency-Key` was used with another body.',
  ),
  TooManyRequests: new Problem(
    'too-many-requests',
    'Asked too often: `Retry-After` says when to ask again.',
  ),
  Refused: new Problem('malformed-json', 'The request cannot be read.'),
  InternalError: new Problem('internal', 'Something went wrong here; the log says more.'),
  Unavailable: new Problem('unavailable', 'The database cannot be reached at present.'),
} as const

function ref<Name extends keyof typeof refusals>(name: Name) {
  return { $ref: `#/components/responses/${name}` } as const
}

/** What an open route may answer: what cannot be read as a request at all is refused. */
export const openly = { 400: ref('Refused'), 500: ref('InternalError') } as const
/** What any route but the open ones may answer. */
export const anyway = {
  401: ref('Unauthorized'),
  403: ref('Forbidden'),
  429: ref('TooManyRequests'),
  500: ref('InternalError'),
  503: ref('Unavailable'),
} as const
/** What a route may answer that subscribes to events, in place of a plain 403. */
export const lockedEvents = { 403: ref('LockedEvents') } as const
export const badRequest = { 400: ref('BadRequest') } as const
/** What any route with a body may answer. */
export const badBody = {
  ...badRequest,
  413: ref('PayloadTooLarge'),
  415: ref('UnsupportedMediaType'),
} as const
export const notFound = { 404: ref('NotFound') } as const
/** Where a deletion finds nothing: repeated, it may be taken for done. */
export function goneAlready(what: string) {
  const schema = { $ref: '#/components/schemas/NotFoundProblem' }
  const content = { 'application/problem+json': { schema, example: missing(what).toJSON() } }
  return { 404: { description: `There is no ${what} of that id, or no more.`, content } }
}
export const conflict = { 409: ref('Conflict') } as const
export const preconditionFailed = { 412: ref('PreconditionFailed') } as const
export const keyReused = { 422: ref('KeyReused') } as const

const retryAfter = {
  'Retry-After': {
    description: 'In how many seconds to ask again.',
    schema: { type: 'integer', minimum: 1, maximum: 3600 },
    example: 60,
  },
} as const

/** Gives the answers above a place in the document, and the problem of each a name. */
export function registerAnswers({ openAPIRegistry }: Api): void {
  for (const [name, problem] of Object.entries(refusals)) {
    const [description, example] = [problem.message, problem.toJSON()]
    openAPIRegistry.register(`${name}Problem`, problemSchema(name, description, example))
    openAPIRegistry.registerComponent('responses', name, {
      description,
      ...(/TooManyRequests|Unavailable/.test(name) && { headers: retryAfter }),
      content: {
        'application/problem+json': {
          schema: { $ref: `#/components/schemas/${name}Problem` },
          example,
        },
      },
    })
  }
}
