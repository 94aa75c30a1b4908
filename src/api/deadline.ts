import type { MiddlewareHandler } from 'hono'
import { within } from '../rules/deadline.ts'

/** How long a request may wait for the database, milliseconds. */
const patienceMs = 8000

/** Test sends and probes wait for somebody else's server, under the deadline set for that one. */
const waitsForOthers = /^\/api\/(?:webhooks|instances)\/(?:[^/]+\/)?test$/

/** Rejects where the database is silent: one that is frozen or locked refuses nothing. */
export function inTime<T>(work: Promise<T>): Promise<T> {
  return within(patienceMs, work, () =>
    Object.assign(new Error(`The database has not answered within ${patienceMs} ms`), {
      code: 'ETIMEDOUT',
    }),
  )
}

/** Answers 503 where a route has no answer in time. */
export const answerInTime: MiddlewareHandler = ({ req }, next) =>
  waitsForOthers.test(req.path) ? next() : inTime(next())
