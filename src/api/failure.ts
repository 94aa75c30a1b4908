import { HTTPException } from 'hono/http-exception'
import { databaseUnavailable, withoutParameters } from '../store/fault.ts'
import type { Context } from './context.ts'
import { answerProblem, Problem } from './problem.ts'
import type { Service } from './service.ts'

/** Answers whatever a route threw. What nobody expected is logged; clients hear only where to look. */
export function answerFailure(error: Error, context: Context, log: Service['log']): Response {
  if (error instanceof Problem) return answerProblem(context, error)
  if (error instanceof HTTPException) {
    const problem = refusal(error.status)
    if (problem !== undefined) return answerProblem(context, problem)
  }
  const { requestId } = context.var
  const { method, path } = context.req
  const shown = { method, path, requestId, error: withoutParameters(error) }
  if (databaseUnavailable(error)) {
    log.error('{method} {path} found no database: {error}', shown)
    return answerProblem(context, unreachable)
  }
  log.error('{method} {path} failed (request {requestId}): {error}', shown)
  return answerProblem(
    context,
    new Problem(
      'internal',
      `Something went wrong here, not in the request. The log says more under request ${requestId}.`,
      { members: { requestId } },
    ),
  )
}

const unreachable = new Problem(
  'unavailable',
  'The database cannot be reached; try again shortly.',
  { headers: { 'Retry-After': '5' } },
)

/** What the router and the validator refuse before a route is reached. */
function refusal(status: number): Problem | undefined {
  if (status === 415)
    return new Problem(
      'unsupported-media-type',
      'The body is read as JSON only. Send Content-Type: application/json.',
    )
  if (status === 400)
    return new Problem('malformed-json', 'The body is not valid JSON; check quotes and commas.')
  return undefined
}
