import { within } from '../rules/deadline.ts'
import { describeError } from '../rules/describe-error.ts'
import type { Store } from '../store/database.ts'
import { answers } from '../store/ping.ts'

/** A database that takes longer than this is none to rely on. */
const patienceMs = 2000

/** Whether the service can do its work: its database answers. */
export async function readiness(store: Store) {
  const late = () => new Error(`no answer within ${patienceMs} ms`)
  try {
    await within(patienceMs, answers(store), late)
    return { ready: true, checks: { database: 'ok' } }
  } catch (error) {
    return { ready: false, checks: { database: describeError(error) } }
  }
}
