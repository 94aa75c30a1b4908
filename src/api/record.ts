import type { MiddlewareHandler } from 'hono'
import { recordAudit } from '../store/audit.ts'
import type { Context, Env } from './context.ts'
import { inTime } from './deadline.ts'
import type { Service } from './service.ts'

/** Most fields named of one change. */
const mostFields = 100

/**
 * Puts every change that was made on record: who, what and when, the names of the fields that were
 * sent, and never a value. A change that is made but cannot be recorded is logged instead.
 */
export function recordChanges({ store, log }: Service): MiddlewareHandler<Env> {
  return async (context, next) => {
    await next()
    const [route] = context.var.routes
    if (route === undefined || !route.audited || !context.res.ok || context.var.dryRun) return
    const { principal, requestId } = context.var
    const entry = {
      actor: principal.name,
      tokenId: principal.tokenId,
      action: route.operationId,
      target: targetOf(context, route.path),
      fields: await fieldsOf(context),
      requestId,
    }
    await inTime(recordAudit(store.db, entry)).catch((error: unknown) =>
      log.error('{action} by {actor} was done but not put on record: {error}', { ...entry, error }),
    )
  }
}

/** The id in the path, else that of what was made. */
function targetOf(context: Context, pattern: string): string | null {
  const at = pattern.split('/').findIndex((part) => part.startsWith('{'))
  const made = context.res.headers.get('location')?.split('/').at(-1)
  return (at < 0 ? made : context.req.path.split('/')[at]) ?? null
}

async function fieldsOf({ req }: Context): Promise<string[]> {
  if (req.header('content-type')?.includes('json') !== true || (await req.text()) === '') return []
  const body: unknown = await req.json()
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? Object.keys(body).slice(0, mostFields)
    : []
}
