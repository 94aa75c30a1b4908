import { createRoute, z } from '@hono/zod-openapi'
import { generateSecret } from '../../rules/secret.ts'
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  type Webhook,
} from '../../store/webhooks.ts'
import { limited } from '../access.ts'
import {
  answer,
  anyway,
  badBody,
  badRequest,
  body,
  goneAlready,
  lockedEvents,
  notFound,
  preconditionFailed,
} from '../answers.ts'
import type { Api, Context } from '../context.ts'
import { checkMatch, ifNoneMatch, tag, unchanged } from '../etag.ts'
import { pageOf } from '../page.ts'
import { presentWebhook } from '../presenters/webhook.ts'
import { missing } from '../problem.ts'
import { requireWebhook } from '../require-webhook.ts'
import { idCursor, limit, linkHeader, pathId } from '../schemas/query.ts'
import { newWebhookSchema, webhookSchema } from '../schemas/webhook.ts'
import type { WebhookInputs } from '../schemas/webhook-input.ts'
import type { Service } from '../service.ts'
import { checkTier } from '../tier-gate.ts'
import { checkSecret, requireReadable, settingsFrom } from '../webhook-change.ts'
import { prepareWebhook } from '../webhook-preparation.ts'
import { updateWebhookWith } from '../webhook-update.ts'

const tags = ['Webhooks']
const params = pathId('webhook')
const etag = z.object({ ETag: z.string().describe('The version shown, for `If-Match`.') })
const created = etag.extend({ Location: z.string().describe('Path of the new webhook.') })
const condition = z.object({
  'If-Match': z.string().optional().describe('Only where the version is still this `ETag`.'),
})

/** Webhooks: what is sent where (seed 1, "API Reference"). */
export function webhookRoutes(api: Api, service: Service, inputs: WebhookInputs): void {
  const { store } = service
  const show = async (context: Context, webhook: Webhook) => {
    tag(context, webhook)
    return presentWebhook(service, webhook)
  }

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/webhooks',
      operationId: 'listWebhooks',
      tags,
      summary: 'List webhooks, newest first',
      description: 'All of them, page by page. Secrets are redacted.',
      request: { query: z.object({ limit: limit(200, 1000), cursor: idCursor }) },
      responses: {
        200: answer('Webhooks, secrets redacted.', z.array(webhookSchema), linkHeader),
        ...badRequest,
        ...anyway,
      },
    }),
    async (context) => {
      const { limit, cursor } = context.req.valid('query')
      const found = await listWebhooks(store, { limit: limit + 1, before: cursor })
      const shown = pageOf(context, found, limit, ({ id }) => id)
      return context.json(await Promise.all(shown.map((row) => presentWebhook(service, row))), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/webhooks',
      operationId: 'createWebhook',
      tags,
      ...limited('create'),
      summary: 'Create a webhook',
      description:
        'The URL is checked, and the addresses behind its host too. Events outside the licence are refused.',
      request: {
        body: body('The webhook. A secret is generated where none is sent.', inputs.create),
      },
      responses: {
        201: answer('The new webhook.', newWebhookSchema, created),
        ...badBody,
        ...anyway,
        ...lockedEvents,
      },
    }),
    async (context) => {
      const input = context.req.valid('json')
      checkTier(service, input)
      const { settings, sealed } = await prepareWebhook(service, settingsFrom(input))
      const secret = input.secret ?? generateSecret()
      const key = await requireReadable(store.vault, secret)
      checkSecret(service.formats.find(settings.format), key)
      const webhook = await insertWebhook(store, settings, secret, sealed)
      context.header('Location', `/api/webhooks/${webhook.id}`)
      const suggested = service.formats.suggest(input.url)
      const shown = await show(context, webhook)
      if (suggested === undefined || suggested.name === settings.format)
        return context.json(shown, 201)
      const { name, title } = suggested
      const reason = `The URL is one of ${title}: with the format ${name} it would understand what is sent.`
      return context.json({ ...shown, suggestion: { format: name, reason } }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/webhooks/{id}',
      operationId: 'getWebhook',
      tags,
      summary: 'Show a webhook',
      description: 'The secret is redacted. `ETag` names the version shown.',
      request: { params, headers: ifNoneMatch },
      responses: {
        200: answer('The webhook.', webhookSchema, etag),
        ...unchanged,
        ...notFound,
        ...anyway,
      },
    }),
    async (context) => {
      const webhook = await requireWebhook(store, context.req.valid('param').id)
      return context.json(await show(context, webhook), 200)
    },
  )

  for (const [method, operationId] of [
    ['put', 'updateWebhook'],
    ['patch', 'patchWebhook'],
  ] as const)
    api.openapi(
      createRoute({
        method,
        path: '/api/webhooks/{id}',
        operationId,
        tags,
        summary: 'Change a webhook: only the fields given',
        description:
          'A field that is given replaces the whole of it. Read-only fields and a redacted secret may be sent back as they came.',
        request: {
          params,
          headers: condition,
          body: body('What changes. `null` takes an optional setting away.', inputs.update),
        },
        responses: {
          200: answer('The webhook as it is now.', webhookSchema, etag),
          ...badBody,
          ...notFound,
          ...preconditionFailed,
          ...anyway,
          ...lockedEvents,
        },
      }),
      async (context) => {
        const { id } = context.req.valid('param')
        const match = context.req.valid('header')['If-Match']
        const webhook = await updateWebhookWith(service, id, context.req.valid('json'), match)
        return context.json(await show(context, webhook), 200)
      },
    )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/webhooks/{id}',
      operationId: 'deleteWebhook',
      tags,
      summary: 'Delete a webhook and its whole history',
      description: 'What is still owed to it is dropped.',
      request: { params, headers: condition },
      responses: {
        204: { description: 'It is gone.' },
        ...goneAlready('webhook'),
        ...preconditionFailed,
        ...anyway,
      },
    }),
    async (context) => {
      const { id } = context.req.valid('param')
      const match = context.req.valid('header')['If-Match']
      const webhook = match === undefined ? undefined : await findWebhook(store, id)
      if (webhook !== undefined) checkMatch(match, webhook.version)
      if (!(await deleteWebhook(store, id))) throw missing('webhook')
      return context.body(null, 204)
    },
  )
}
