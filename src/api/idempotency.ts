import { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { sha256 } from '../rules/digest.ts'
import { answerKeys, dropKey, findKeys, takeKeys } from '../store/idempotency.ts'
import { badRequest, conflict, keyReused } from './answers.ts'
import type { Principal } from './authorize.ts'
import type { Api, Context, Env } from './context.ts'
import { inTime } from './deadline.ts'
import { invalid, Problem } from './problem.ts'
import type { Service } from './service.ts'

const name = 'Idempotency-Key'
const keySchema = z.string().min(1).max(255)

/** The header as a route declares it. */
export const idempotencyKey = z.object({
  [name]: keySchema
    .optional()
    .describe('Repeated with the same body within a day, a request is answered as the first was.'),
})

/** Keys of different clients have nothing to do with each other. */
export function keyOf({ tokenId, name }: Principal, key: string): string {
  return `${tokenId ?? name}:${key}`
}

/** The same key came with another request. */
export const reused = new Problem(
  'idempotency-key-reused',
  `This ${name} was used with another request: use a new key for a new request.`,
)

/** What of an answer is given again, beside its body. */
const keptHeaders = ['Content-Type', 'Location', 'ETag', 'Cache-Control']
const answerSchema = z.object({
  status: z.literal([200, 201, 202]),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string(),
})

/** Declares of every POST what {@link answerOnce} makes of it. */
export function declareIdempotency({ openAPIRegistry }: Api): void {
  for (const definition of openAPIRegistry.definitions) {
    if (definition.type !== 'route' || definition.route.method !== 'post') continue
    const { route } = definition
    route.request = { headers: idempotencyKey, ...route.request }
    route.responses = { ...badRequest, ...conflict, ...keyReused, ...route.responses }
  }
}

/**
 * A POST with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07) is done once: for a
 * day, repeating it gives the answer it had, marked `Idempotency-Replayed`. What was refused is not
 * kept, and may be repeated, mended, with the same key. Publishing keeps its own keys, in the
 * transaction of the events.
 */
export function answerOnce(service: Service): MiddlewareHandler<Env> {
  const { store, log } = service
  return async (context, next) => {
    const { req, var: known } = context
    const given = req.header(name)
    if (given === undefined || req.method !== 'POST' || known.routes.length === 0) return next()
    if (!keySchema.safeParse(given).success)
      throw invalid([{ pointer: `/header/${name}`, message: 'It has 1 to 255 characters' }])
    const key = `post:${keyOf(known.principal, given)}`
    const fingerprint = await sha256(`${req.url} ${await req.text()}`)
    const taken = await inTime(takeKeys(store.db, [{ key, fingerprint }]))
    if (!taken.has(key)) return replay(context, service, key, fingerprint)

    await next()
    const { res } = context
    const settle = res.ok ? keep(service, key, res.clone()) : dropKey(store.db, key)
    await inTime(settle).catch((error: unknown) =>
      log.error('What became of an Idempotency-Key was not kept: {error}', { error }),
    )
  }
}

async function keep({ store }: Service, key: string, response: Response): Promise<void> {
  const headers = keptHeaders.flatMap((header) => {
    const value = response.headers.get(header)
    return value === null ? [] : [[header, value]]
  })
  const answer = { status: response.status, headers, body: await response.text() }
  // Some answers show a secret, this once.
  await answerKeys(store.db, [{ key, answer: await store.vault.seal(JSON.stringify(answer)) }])
}

async function replay(
  context: Context,
  { store }: Service,
  key: string,
  fingerprint: string,
): Promise<Response> {
  const stored = (await inTime(findKeys(store, [key]))).get(key)
  if (stored !== undefined && stored.fingerprint !== fingerprint) throw reused
  if (stored === undefined || stored.answer === '')
    throw new Problem('conflict', `A request with this ${name} is under way: ask again shortly.`, {
      headers: { 'Retry-After': '1' },
    })
  const { status, headers, body } = answerSchema.parse(
    JSON.parse(await store.vault.open(stored.answer)),
  )
  for (const [header, value] of headers) context.header(header, value)
  context.header('Idempotency-Replayed', 'true')
  return context.body(body, status)
}
