import { createRoute, z } from '@hono/zod-openapi'
import { describeError } from '../../rules/describe-error.ts'
import { openSecrets } from '../../rules/opened-secrets.ts'
import { generateSecret, looksRedacted } from '../../rules/secret.ts'
import type { TestResult } from '../../rules/test-send.ts'
import { storable } from '../../rules/text.ts'
import { readTrace } from '../../rules/trace.ts'
import { redactedSecret } from '../../rules/webhook-schema.ts'
import { rotateSecret } from '../../store/webhooks.ts'
import { limited, needs, recorded, unrecorded } from '../access.ts'
import { answer, anyway, badBody, body, conflict, notFound, optionalBody } from '../answers.ts'
import type { Api } from '../context.ts'
import { settingsOf } from '../presenters/webhook.ts'
import { Problem } from '../problem.ts'
import { requireWebhook } from '../require-webhook.ts'
import { pathId } from '../schemas/query.ts'
import { secretSchema, testResultSchema } from '../schemas/webhook.ts'
import type { WebhookInputs } from '../schemas/webhook-input.ts'
import type { Service } from '../service.ts'
import { testEvent } from '../test-event.ts'
import { checkSecret, requireReadable, settingsFrom } from '../webhook-change.ts'
import { prepareWebhook } from '../webhook-preparation.ts'
import { trialOf } from '../webhook-trial.ts'

const tags = ['Webhooks']
const params = pathId('webhook')
const query = z.object({
  show: z
    .literal('request')
    .optional()
    .describe(
      '`request`: the answer says what was sent too, and the headers that came back; secrets redacted.',
    ),
})
const hourMs = 3_600_000
const usualOverlapHours = 24

const rotationSchema = z
  .strictObject({
    secret: storable(z.string().min(1).max(512))
      .refine((value) => !looksRedacted(value), redactedSecret)
      .optional()
      .describe('The new secret. Default: a generated one.'),
    overlapHours: z
      .number()
      .min(0)
      .max(720)
      .optional()
      .describe(`How long the old one signs beside it. Default ${usualOverlapHours}.`),
  })
  .openapi('SecretRotation', {
    description: 'How a signing secret is replaced.',
    example: { overlapHours: 24 },
  })

/** What can be done with a webhook: try it, read its secret, replace it. */
export function webhookActionRoutes(api: Api, service: Service, inputs: WebhookInputs): void {
  const { store, catalog } = service

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/webhooks/test',
      operationId: 'testNewWebhook',
      tags,
      ...limited('test'),
      ...unrecorded,
      summary: 'Send a test request to a webhook that is not saved',
      description:
        'The same checks, signature and headers as for a real delivery. Nothing is kept.',
      request: { query, body: body('The webhook, and the event to show.', inputs.trial) },
      responses: { 200: answer('What came back.', testResultSchema), ...badBody, ...anyway },
    }),
    async (context) => {
      const { event, ...input } = context.req.valid('json')
      const { settings, values } = await prepareWebhook(service, settingsFrom(input))
      const secret = await requireReadable(store.vault, input.secret ?? generateSecret())
      checkSecret(service.formats.find(settings.format), secret)
      const shown = testEvent(catalog, settings, event)
      const secrets = { signing: [secret], values }
      const trace = readTrace(context.req.raw.headers)
      const result = await service.test({ settings, secrets, trace }, shown)
      return context.json(presentTest(result, context.req.valid('query').show), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/webhooks/{id}/test',
      operationId: 'testWebhook',
      tags,
      ...limited('test'),
      ...unrecorded,
      summary: 'Send a test request, which is kept nowhere',
      description: 'Works on a disabled webhook too, and on one as it would be after `changes`.',
      request: { params, query, body: optionalBody('The event to show.', inputs.test) },
      responses: {
        200: answer('What came back.', testResultSchema),
        ...badBody,
        ...notFound,
        ...anyway,
      },
    }),
    async (context) => {
      const webhook = await requireWebhook(store, context.req.valid('param').id)
      const { event: asked, changes } = context.req.valid('json')
      const altered = changes && (await trialOf(service, webhook, changes))
      const settings = altered?.settings ?? settingsOf(webhook)
      const event = testEvent(catalog, settings, asked)
      const secrets = await openSecrets(store.vault, webhook, Date.now()).catch(describeError)
      if (typeof secrets === 'string')
        return context.json({ success: false, error: secrets, durationMs: 0 }, 200)
      const trace = readTrace(context.req.raw.headers)
      const opened = { ...secrets, ...altered?.secrets }
      const target = { id: webhook.id, settings, secrets: opened, trace }
      const result = await service.test(target, event)
      return context.json(presentTest(result, context.req.valid('query').show), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/webhooks/{id}/secret',
      operationId: 'getWebhookSecret',
      tags,
      ...needs('secrets'),
      ...recorded,
      summary: 'Read the whole signing secret',
      description: 'The one route that shows it; who asks is put on record.',
      request: { params },
      responses: {
        200: answer('The secret.', secretSchema),
        ...notFound,
        ...conflict,
        ...anyway,
      },
    }),
    async (context) => {
      const { sealedSecret } = await requireWebhook(store, context.req.valid('param').id)
      context.header('Cache-Control', 'no-store')
      const secret = await store.vault.open(sealedSecret).catch((error: unknown) => {
        const why = `It cannot be read where the webhook has it from. ${describeError(error)}`
        throw new Problem('conflict', `${why} Mend that, or replace the secret.`)
      })
      return context.json({ secret }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/webhooks/{id}/rotate-secret',
      operationId: 'rotateWebhookSecret',
      tags,
      ...needs('secrets'),
      summary: 'Replace the signing secret; the old one signs beside it for a while',
      description: 'Receivers may take up the new one at any time within the overlap.',
      request: { params, body: optionalBody('The new secret.', rotationSchema) },
      responses: {
        200: answer('The new secret.', secretSchema),
        ...badBody,
        ...notFound,
        ...anyway,
      },
    }),
    async (context) => {
      const webhook = await requireWebhook(store, context.req.valid('param').id)
      const { secret = generateSecret(), overlapHours = usualOverlapHours } =
        context.req.valid('json')
      checkSecret(service.formats.find(webhook.format), secret)
      await rotateSecret(store, webhook, secret, overlapHours * hourMs)
      context.header('Cache-Control', 'no-store')
      return context.json({ secret }, 200)
    },
  )
}

function presentTest(
  { request, responseHeaders, ...result }: TestResult,
  show: 'request' | undefined,
) {
  if (show === undefined || request === undefined) return result
  return {
    ...result,
    ...(responseHeaders !== undefined && { responseHeaders: { ...responseHeaders } }),
    request: { headers: { ...request.headers }, body: request.body },
  }
}
