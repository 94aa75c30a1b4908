import { describeError } from '../../rules/describe-error.ts'
import type { Bindings, Context, MessageBatch, WorkMessage } from './bindings.ts'
import { handOn } from './hand-on.ts'
import { BadSettings, type Call, type Extensions, open } from './service.ts'
import { take } from './take.ts'

const verbs = ['look', 'send'] as const
/** What failed is tried again after so long; the cron trigger may be there before. */
const retrySeconds = 30

/** What Cloudflare calls: for a request, by the clock, and with messages of the queue. */
export function createWorker(extensions: Extensions) {
  return {
    async fetch(request: Request, bindings: Bindings, context: Context): Promise<Response> {
      const told = new Set<WorkMessage['verb']>()
      let call: Call | undefined
      try {
        call = await open(bindings, extensions, (verb) => told.add(verb))
        const address = request.headers.get('cf-connecting-ip')
        return await call.tocsin.fetch(request, address === null ? {} : { address })
      } catch (error) {
        console.error(`a request was not answered: ${reason(error)}`)
        return unavailable(error, bindings.NODE_ENV === 'production')
      } finally {
        const after = [...told].map((verb) => bindings.WORK?.send({ verb }))
        context.waitUntil(Promise.all([...after, call?.end()]))
      }
    },

    async scheduled({ scheduledTime }: { readonly scheduledTime: number }, bindings: Bindings) {
      // Whatever the interval, one trigger an hour comes at its beginning.
      const tidy = new Date(scheduledTime).getUTCMinutes() === 0
      try {
        await handOn(
          bindings,
          await take(bindings, extensions, verbs, { onTime: true, tidy }),
          true,
        )
      } catch (error) {
        console.error(`a turn failed, and the next trigger tries again: ${reason(error)}`)
        throw error
      }
    },

    async queue(batch: MessageBatch, bindings: Bindings) {
      const asked = new Set(batch.messages.map(({ body }) => body.verb))
      try {
        const wanted = verbs.filter((verb) => asked.has(verb))
        await handOn(bindings, await take(bindings, extensions, wanted), false)
      } catch (error) {
        console.error(`a turn failed, and will be tried again: ${reason(error)}`)
        batch.retryAll({ delaySeconds: retrySeconds })
      }
    },
  }
}

const reason = (error: unknown) =>
  error instanceof BadSettings ? error.message : describeError(error)

/** RFC 9457. What the settings say is for those who run the service, in production only in its log. */
function unavailable(error: unknown, production: boolean): Response {
  const detail =
    error instanceof BadSettings
      ? `The settings of this Worker cannot be used${production ? '. Its log says why.' : `:\n${error.message}`}`
      : 'The database did not answer, or refused. The log of the Worker says why.'
  const problem = { type: '/problems/unavailable', title: 'Unavailable', status: 503, detail }
  return new Response(
    JSON.stringify({ ...problem, message: detail, error: problem.title, statusCode: 503 }),
    {
      status: 503,
      headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '30' },
    },
  )
}
