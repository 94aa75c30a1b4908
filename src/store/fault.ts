import { DrizzleQueryError } from 'drizzle-orm'

/** SQLSTATE: five characters whose first two are the class. `EPIPE` and its like are none. */
const sqlState = /^[0-9FHPX][0-9A-Z]{4}$/
/** Connections, resources, and a server that shuts down or starts (PostgreSQL, appendix A). */
const passing = /^(?:08|53|57P0)/
/** How drivers and sockets name a connection that is not there. */
const disconnected = /^(?:CONNECT|E(?:CONN|PIPE$|TIMEDOUT$|HOSTUNREACH$|NETUNREACH$|NOTFOUND$|AI_))/
/** What a driver calls a query that it cannot send. */
const unsendable = /^(?:UNDEFINED_VALUE|MAX_PARAMETERS_EXCEEDED|NOT_TAGGED_CALL)$/

/**
 * Whether an error means that the database cannot be reached at present: no answer of it, or one
 * that says so. Anything else is a fault of a query.
 */
export function databaseUnavailable(error: unknown): boolean {
  const queried = error instanceof DrizzleQueryError
  const cause = queried ? error.cause : error
  if (!(cause instanceof Error)) return false
  const code = codeOf(cause)
  if (sqlState.test(code)) return passing.test(code)
  if (disconnected.test(code)) return true
  // The embedded database has no codes for this: closed, it only says so.
  if (/\bis (?:closed|closing)\b/.test(cause.message)) return true
  const ours = cause instanceof TypeError || cause instanceof RangeError || unsendable.test(code)
  return queried && !ours
}

/** An error as a log may show it: a failed query's own message lists its parameters, secrets too. */
export function withoutParameters(error: unknown): unknown {
  if (!(error instanceof DrizzleQueryError)) return error
  const { cause, query } = error
  const code = cause ? codeOf(cause) : ''
  return new Error(`${cause?.message ?? 'The query failed'}${code && ` (${code})`}, in: ${query}`)
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : ''
}

/** Whether a row was refused because another one has its key (SQLSTATE 23505). */
export function alreadyThere(error: unknown): boolean {
  return (
    error instanceof DrizzleQueryError &&
    error.cause !== undefined &&
    codeOf(error.cause) === '23505'
  )
}
