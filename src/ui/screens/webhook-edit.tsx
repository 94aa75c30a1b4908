import { z } from 'zod'
import { faultsOf } from '../../api/faults.ts'
import { presentWebhook } from '../../api/presenters/webhook.ts'
import { Problem } from '../../api/problem.ts'
import { requireWebhook } from '../../api/require-webhook.ts'
import { createWebhookInputs } from '../../api/schemas/webhook-input.ts'
import { changed, settingsFrom } from '../../api/webhook-change.ts'
import { prepareWebhook } from '../../api/webhook-preparation.ts'
import { retryPolicySchema } from '../../rules/webhook-parts.ts'
import { currentReadings } from '../../store/samples.ts'
import { findWebhook } from '../../store/webhooks.ts'
import { ask, type Refusal } from '../ask.ts'
import type { Context, Pages, Site } from '../context.ts'
import { fields } from '../form.ts'
import { type Faults, FormFaults } from '../parts/field.tsx'
import { liveFaults } from '../parts/live-faults.tsx'
import { redirectWith } from '../parts/notice.tsx'
import { Heading } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'
import { TestResult } from '../parts/test-result.tsx'
import { WebhookFields } from '../parts/webhook-form.tsx'
import { bodyOf, withoutNulls } from '../webhook-body.ts'
import { draftFrom, draftOf, newDraft, type WebhookDraft } from '../webhook-draft.ts'

/** What the form belongs to, and what the server said to it. */
interface Shown {
  readonly draft: WebhookDraft
  readonly id?: string
  readonly version?: string
  readonly refusal?: Refusal
  readonly tested?: unknown
}

/** Creating a webhook and changing one: one page, judged by the server's own rules as it is written. */
export function webhookEditPages(pages: Pages, site: Site): void {
  const { service } = site
  const inputs = createWebhookInputs(service)
  const formatOf = ({ text }: WebhookDraft) =>
    service.formats.find(text.format) ?? service.formats.all[0]
  const bodyFor = (draft: WebhookDraft, id: string | undefined) => {
    const body = bodyOf(draft, formatOf(draft))
    return id === undefined ? withoutNulls(body) : body
  }

  const show = async (context: Context, shown: Shown) => {
    const { draft, id, refusal } = shown
    const title = id === undefined ? 'Create a webhook' : `Change ${draft.text.name}`
    const action = id === undefined ? '/webhooks/new' : `/webhooks/${id}/edit`
    return page(
      site,
      context,
      { title, section: 'webhooks' },
      <form
        method="post"
        action={action}
        class="flow"
        hx-post={`/webhooks/check${id === undefined ? '' : `?id=${id}`}`}
        hx-trigger="change"
        hx-swap="none"
        hx-validate="false"
      >
        <Heading title={title} />
        <FormFaults detail={refusal?.detail ?? ''} faults={refusal?.errors ?? []} />
        {shown.tested !== undefined && <TestResult result={shown.tested} />}
        {shown.version !== undefined && (
          <input type="hidden" name="version" value={shown.version} />
        )}
        <WebhookFields
          service={service}
          draft={draft}
          faults={refusal?.errors ?? []}
          format={formatOf(draft)}
          policy={policyOf(draft)}
          current={await currentReadings(service.store, [...service.catalog.thresholds.keys()])}
          id={id}
        />
        <div class="actions">
          <button class="button primary" type="submit" name="action" value="save">
            {id === undefined ? 'Create' : 'Save'}
          </button>
          <button class="button" type="submit" name="action" value="test" formnovalidate>
            {id === undefined ? 'Test before saving' : 'Save and test'}
          </button>
          <a class="button" href={id === undefined ? '/webhooks' : `/webhooks/${id}`}>
            Cancel
          </a>
        </div>
      </form>,
    )
  }

  const policyOf = (draft: WebhookDraft) => {
    const { retryPolicy } = bodyFor(draft, undefined)
    const read = retryPolicySchema().safeParse(retryPolicy)
    return read.success ? read.data : undefined
  }

  pages.get('/webhooks/new', async (context) =>
    context.html(await show(context, { draft: newDraft })),
  )

  pages.post('/webhooks/new', async (context) => {
    const form = await fields(context)
    const draft = draftFrom(form)
    const body = bodyFor(draft, undefined)
    const isTest = form.text('action') === 'test'
    const path = isTest ? '/api/webhooks/test?show=request' : '/api/webhooks'
    const answer = await ask(site, context, 'POST', path, body)
    if (!answer.ok) return context.html(await show(context, { draft, refusal: answer }), 422)
    if (isTest) return context.html(await show(context, { draft, tested: answer.body }))
    const id = answer.location.split('/').at(-1) ?? ''
    const text = `Created. Its signing secret is under “Signing secret” below. ${suggested(answer.body)}`
    return redirectWith(context, `/webhooks/${id}`, { kind: 'done', text: text.trim() })
  })

  pages.get('/webhooks/:id/edit', async (context) => {
    const webhook = await requireWebhook(service.store, context.req.param('id'))
    const draft = draftOf(await presentWebhook(service, webhook))
    return context.html(
      await show(context, { draft, id: webhook.id, version: String(webhook.version) }),
    )
  })

  pages.post('/webhooks/:id/edit', async (context) => {
    const { id } = await requireWebhook(service.store, context.req.param('id'))
    const form = await fields(context)
    const draft = draftFrom(form)
    const version = form.text('version')
    const match = { 'If-Match': version === '' ? '*' : `"${version}"` }
    const answer = await ask(
      site,
      context,
      'PATCH',
      `/api/webhooks/${id}`,
      bodyFor(draft, id),
      match,
    )
    if (!answer.ok) {
      const refusal = answer.status === 412 ? { ...answer, detail: overtaken } : answer
      return context.html(await show(context, { draft, id, version, refusal }), 422)
    }
    if (form.text('action') === 'test') {
      const tested = await ask(site, context, 'POST', `/api/webhooks/${id}/test?show=request`)
      const webhook = await requireWebhook(service.store, id)
      const again = { draft, id, version: String(webhook.version) }
      const said = tested.ok ? { tested: tested.body } : { refusal: tested }
      return context.html(await show(context, { ...again, ...said }))
    }
    return redirectWith(context, `/webhooks/${id}`, { kind: 'done', text: 'Saved.' })
  })

  pages.post('/webhooks/check', async (context) => {
    const draft = draftFrom(await fields(context))
    const id = context.req.query('id')
    const webhook = id === undefined ? undefined : await findWebhook(service.store, id)
    const faults = await judged(bodyFor(draft, webhook?.id), webhook)
    return context.html(
      liveFaults({ service, draft, faults, format: formatOf(draft), policy: policyOf(draft) }),
    )
  })

  /** What the API would say, without anything being changed. */
  async function judged(
    body: unknown,
    webhook: Awaited<ReturnType<typeof findWebhook>>,
  ): Promise<Faults> {
    try {
      if (webhook === undefined) {
        const read = await inputs.create.safeParseAsync(body)
        if (!read.success) return faultsOf(read.error.issues, body)
        await prepareWebhook(service, settingsFrom(read.data))
      } else {
        const read = await inputs.update.safeParseAsync(body)
        if (!read.success) return faultsOf(read.error.issues, body)
        await prepareWebhook(service, changed(webhook, read.data), webhook)
      }
      return []
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { errors } = problemMembers.parse(error.extras.members ?? {})
      return errors
    }
  }
}

const problemMembers = z.object({
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).default([]),
})

const overtaken =
  'Somebody else has changed this webhook since you opened it. Open it again in another tab, and repeat your change there.'

const suggestion = z.object({ suggestion: z.object({ reason: z.string() }).optional() })

function suggested(body: unknown): string {
  const read = suggestion.safeParse(body)
  return read.success ? (read.data.suggestion?.reason ?? '') : ''
}
