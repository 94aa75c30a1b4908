import { z } from 'zod'
import { presentWebhook } from '../../api/presenters/webhook.ts'
import { requireWebhook } from '../../api/require-webhook.ts'
import { retryPolicySchema } from '../../rules/webhook-parts.ts'
import { type CurrentReading, createCurrentReadings } from '../../store/samples.ts'
import { findWebhook } from '../../store/webhooks.ts'
import { ask, type Refusal } from '../ask.ts'
import type { Context, Pages, Site } from '../context.ts'
import { fields } from '../form.ts'
import { FormFaults } from '../parts/field.tsx'
import { liveFaults } from '../parts/live-faults.tsx'
import { redirectWith } from '../parts/notice.tsx'
import { Heading } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'
import { TestResult } from '../parts/test-result.tsx'
import { WebhookFields } from '../parts/webhook-form.tsx'
import { bodyOf, withoutNulls } from '../webhook-body.ts'
import { draftFrom, draftOf, newDraft, type WebhookDraft } from '../webhook-draft.ts'
import { createJudge } from '../webhook-judge.ts'

/** What the form belongs to, and what the server said to it. */
interface Shown {
  readonly draft: WebhookDraft
  readonly id?: string
  readonly version?: string
  readonly refusal?: Refusal
  readonly tested?: unknown
  /** Where it is read already. */
  readonly current?: ReadonlyMap<string, CurrentReading>
}

/** Creating a webhook and changing one: one page, judged by the server's own rules as it is written. */
export function webhookEditPages(pages: Pages, site: Site): void {
  const { service } = site
  const judged = createJudge(service)
  const policySchema = retryPolicySchema()
  const readNow = createCurrentReadings(service.store, [...service.catalog.thresholds.keys()])
  const formatOf = ({ text }: WebhookDraft) =>
    service.formats.find(text.format) ?? service.formats.all[0]
  const bodyFor = (draft: WebhookDraft, id: string | undefined) => {
    const body = bodyOf(draft, formatOf(draft))
    return id === undefined ? withoutNulls(body) : body
  }

  const show = async (context: Context, shown: Shown) => {
    const { draft, id, refusal } = shown
    const title = id === undefined ? 'Create a webhook' : `Edit ${draft.text.name}`
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
        hx-sync="this:replace"
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
          current={shown.current ?? (await readNow())}
          id={id}
        />
        <div class="actions">
          <button class="button primary" type="submit" name="action" value="save">
            {id === undefined ? 'Create' : 'Save'}
          </button>
          <button class="button" type="submit" name="action" value="test" formnovalidate>
            Test before saving
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
    const read = policySchema.safeParse(retryPolicy)
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
    const text = `Created. Its signing secret can be revealed below. ${suggested(answer.body)}`
    return redirectWith(context, `/webhooks/${id}`, { kind: 'done', text: text.trim() })
  })

  pages.get('/webhooks/:id/edit', async (context) => {
    const [webhook, current] = await Promise.all([
      requireWebhook(service.store, context.req.param('id')),
      readNow(),
    ])
    const draft = draftOf(await presentWebhook(service, webhook))
    return context.html(
      await show(context, { draft, id: webhook.id, version: String(webhook.version), current }),
    )
  })

  pages.post('/webhooks/:id/edit', async (context) => {
    const { id } = await requireWebhook(service.store, context.req.param('id'))
    const form = await fields(context)
    const draft = draftFrom(form)
    const version = form.text('version')
    const body = bodyFor(draft, id)
    if (form.text('action') === 'test') {
      const path = `/api/webhooks/${id}/test?show=request`
      const answer = await ask(site, context, 'POST', path, { changes: body })
      const said = answer.ok ? { tested: answer.body } : { refusal: withinChanges(answer) }
      return context.html(
        await show(context, { draft, id, version, ...said }),
        answer.ok ? 200 : 422,
      )
    }
    const match = { 'If-Match': version === '' ? '*' : `"${version}"` }
    const answer = await ask(site, context, 'PATCH', `/api/webhooks/${id}`, body, match)
    if (!answer.ok) {
      const refusal = answer.status === 412 ? { ...answer, detail: overtaken } : answer
      return context.html(await show(context, { draft, id, version, refusal }), 422)
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
}

/** Faults of the webhook that was sent as a change, where the form has its fields. */
function withinChanges(refusal: Refusal): Refusal {
  const errors = refusal.errors.map(({ pointer, message }) => ({
    pointer: pointer.replace(/^\/changes/, ''),
    message,
  }))
  return { ...refusal, errors }
}

const overtaken =
  'Somebody else has changed this webhook since you opened it. Open it again in another tab, and repeat your change there.'

const suggestion = z.object({ suggestion: z.object({ reason: z.string() }).optional() })

function suggested(body: unknown): string {
  const read = suggestion.safeParse(body)
  return read.success ? (read.data.suggestion?.reason ?? '') : ''
}
