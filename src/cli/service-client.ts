import { z } from 'zod'
import { describeError } from '../rules/describe-error.ts'

const id = z.string()

export const eventTypesAnswer = z.array(
  z.object({
    type: z.string(),
    tier: z.string(),
    severity: z.string(),
    summary: z.string(),
    threshold: z.object({ key: z.string(), default: z.number() }).optional(),
    example: z.record(z.string(), z.unknown()),
  }),
)
export type EventTypeAnswer = z.infer<typeof eventTypesAnswer>[number]

export const publishedAnswer = z.object({
  events: z.array(z.object({ id, deliveries: z.number() })).min(1),
})

export const eventAnswer = z.object({
  deliveries: z.array(z.object({ id, webhookId: id, status: z.string() })),
})

export const webhookAnswer = z.object({ name: z.string(), url: z.string() })

export const deliveryAnswer = z.object({
  id,
  webhookId: id,
  status: z.string(),
  statusCode: z.number().nullable(),
  attempts: z.number(),
  nextRetryAt: z.number().nullable(),
  error: z.string().nullable(),
})
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>

/** Asks a running service. Throws what went wrong, in its words where it has any. */
export type Ask = <Answer>(
  path: string,
  answer: z.ZodType<Answer>,
  body?: unknown,
) => Promise<Answer>

/** `url` is the service's, `token` where it wants one. */
export function serviceClient(url: string, token: string | undefined): Ask {
  return async (path, answer, body) => {
    const response = await fetch(new URL(path, url), {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.timeout(30_000),
    }).catch((error: unknown) => {
      const cause = error instanceof Error ? (error.cause ?? error) : error
      throw new Error(`no service answers at ${url}: ${describeError(cause)}. ${whereElse}`, {
        cause: error,
      })
    })
    const text = await response.text()
    if (!response.ok) {
      const how = response.status === 401 ? ' Set TOCSIN_TOKEN to a token of the service.' : ''
      throw new Error(`${detailOf(text) ?? `the service answered ${response.status}.`}${how}`)
    }
    const parsed = answer.safeParse(parse(text))
    if (parsed.success) return parsed.data
    throw new Error(`what answers at ${url} is not Tocsin: ${path} has another shape. ${whereElse}`)
  }
}

const whereElse = 'Start it, or say where it is with --url.'

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a problem document says. */
function detailOf(text: string): string | undefined {
  const read = z.object({ detail: z.string() }).safeParse(parse(text))
  return read.success ? read.data.detail : undefined
}
