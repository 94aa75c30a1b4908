import { createRoute } from '@hono/zod-openapi'
import { answer, anyway, badRequest, notFound } from '../answers.ts'
import type { Api, Context } from '../context.ts'
import { invalid, missing } from '../problem.ts'
import { consentGivenSchema, consentKey } from '../schemas/consent.ts'
import type { Service } from '../service.ts'

const declared = {
  path: '/api/consents/{key}',
  tags: ['Webhooks'],
  // The key is the permission: its receiver alone was told it.
  security: [] as [],
  'x-audited': true,
  request: { params: consentKey },
  responses: {
    200: answer('It is given: what waits is sent at its next attempt.', consentGivenSchema),
    ...badRequest,
    ...notFound,
    ...anyway,
  },
}
const description =
  'For receivers that are asked before anything is sent to them (CloudEvents, ' +
  '`WebHook-Request-Callback`): consent given later, by whom the URL was told. ' +
  '`WebHook-Allowed-Rate` says how many requests a minute may come.'

/** Where receivers give their consent later. */
export function consentRoutes(api: Api, { consents }: Service): void {
  const give = async (context: Context, key: string) => {
    const refused = await consents.give(key, (name) => context.req.header(name))
    if (refused === 'unknown') throw missing('question')
    if (refused !== undefined)
      throw invalid([{ pointer: '/header/WebHook-Allowed-Rate', message: refused.reason }])
    return context.json({ message: 'Consent given' as const }, 200)
  }
  api.openapi(
    createRoute({
      ...declared,
      method: 'get',
      operationId: 'giveConsentByLink',
      summary: 'Consent to get requests, with a browser',
      description,
    }),
    (context) => give(context, context.req.valid('param').key),
  )
  api.openapi(
    createRoute({
      ...declared,
      method: 'post',
      operationId: 'giveConsent',
      summary: 'Consent to get requests',
      description,
    }),
    (context) => give(context, context.req.valid('param').key),
  )
}
