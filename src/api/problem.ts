import type { Context } from './context.ts'

/** One thing wrong with a request. `pointer` is an RFC 6901 JSON pointer. */
export interface Fault {
  readonly pointer: string
  readonly message: string
}

const kinds = {
  validation: { status: 400, title: 'Invalid request' },
  'malformed-json': { status: 400, title: 'Malformed JSON' },
  'incomplete-body': { status: 400, title: 'Incomplete body' },
  unauthorized: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  'locked-events': { status: 403, title: 'Events outside the licence' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  'precondition-failed': { status: 412, title: 'Precondition failed' },
  'payload-too-large': { status: 413, title: 'Payload too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'idempotency-key-reused': { status: 422, title: 'Idempotency key reused' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Unavailable' },
} as const
export type ProblemKind = keyof typeof kinds

/** What a problem carries beside its detail. */
export interface ProblemExtras {
  /** Members of the answer. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that is not answered as asked. Thrown anywhere in a route; the API answers with it. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly kind: ProblemKind
  readonly extras: ProblemExtras

  /** `detail` says what is wrong and what to do. */
  constructor(kind: ProblemKind, detail: string, extras: ProblemExtras = {}) {
    super(detail)
    this.kind = kind
    this.extras = extras
  }

  /**
   * RFC 9457, with the members `message`, `error` and `statusCode` that clients of seed 1's product
   * read.
   */
  toJSON() {
    const { status, title } = kinds[this.kind]
    return {
      type: `/problems/${this.kind}`,
      title,
      status,
      detail: this.message,
      ...this.extras.members,
      message: this.message,
      error: title,
      statusCode: status,
    }
  }
}

/** Answers with a problem, beside the headers that every answer has. */
export function answerProblem(context: Context, problem: Problem): Response {
  const headers = { 'Content-Type': 'application/problem+json', ...problem.extras.headers }
  return context.body(JSON.stringify(problem), kinds[problem.kind].status, headers)
}

/** Everything wrong with a request, all at once. */
export function invalid(faults: readonly Fault[]): Problem {
  const said = faults
    .slice(0, 10)
    .map(({ pointer, message }) => `${pointer || 'body'}: ${message.replace(/\.$/, '')}`)
  const rest = faults.length > said.length ? [`and ${faults.length - said.length} more`] : []
  return new Problem('validation', `The request is invalid. ${[...said, ...rest].join('; ')}.`, {
    members: { errors: faults },
  })
}

/** No such thing: `what` names it, such as `webhook`. */
export function missing(what: string): Problem {
  return new Problem('not-found', `There is no ${what} of that id.`)
}
