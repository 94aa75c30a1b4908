import { HTTPException } from 'hono/http-exception'
import { Problem } from '../api/problem.ts'
import { databaseUnavailable, withoutParameters } from '../store/fault.ts'
import type { Context, Site } from './context.ts'
import { bare } from './parts/shell.tsx'

/** A page about what went wrong; undefined stands for a page that is not there. */
export async function answerFault({ service }: Site, error: Error | undefined, context: Context) {
  const { status, title, detail } = told(error, context)
  if (status >= 500 && error !== undefined) {
    const { method, path } = context.req
    service.log.error('{method} {path} failed (request {requestId}): {error}', {
      method,
      path,
      requestId: context.var.requestId,
      error: withoutParameters(error),
    })
  }
  const headers = error instanceof Problem ? error.extras.headers : {}
  for (const [name, value] of Object.entries(headers ?? {})) context.header(name, value)
  return context.html(
    await bare(
      context,
      title,
      <section class="card sign-in stack">
        <p class="muted">{status}</p>
        <h1>{title}</h1>
        <p>{detail}</p>
        <p>
          <a class="button" href="/">
            To the overview
          </a>
        </p>
      </section>,
    ),
    status,
  )
}

/** Statuses of refusals that are shown as they are. */
const refusals = [400, 403, 404, 413, 415, 429] as const

type Told = {
  readonly status: 500 | 503 | (typeof refusals)[number]
  readonly title: string
  readonly detail: string
}

function told(error: Error | undefined, context: Context): Told {
  if (error === undefined)
    return {
      status: 404,
      title: 'Not found',
      detail: 'There is nothing at this address (any more).',
    }
  if (error instanceof Problem) {
    const { status, title, detail } = error.toJSON()
    return { status: refusals.find((it) => it === status) ?? 400, title, detail }
  }
  if (error instanceof HTTPException)
    return { status: 400, title: 'Not understood', detail: 'The form could not be read.' }
  if (databaseUnavailable(error))
    return {
      status: 503,
      title: 'Unavailable',
      detail: 'The database cannot be reached at present; try again shortly.',
    }
  return {
    status: 500,
    title: 'Something went wrong here',
    detail: `It is not your doing. The log says more under request ${context.var.requestId}.`,
  }
}
