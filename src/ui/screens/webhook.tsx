import { z } from 'zod'
import { presentWebhook } from '../../api/presenters/webhook.ts'
import { requireWebhook } from '../../api/require-webhook.ts'
import { looksConcealed } from '../../rules/url-secret.ts'
import { createDeliveryDays } from '../../store/delivery-hours.ts'
import { listAllDeliveries } from '../../store/delivery-list.ts'
import { webhookRow } from '../../store/webhook-list.ts'
import { ask } from '../ask.ts'
import type { Context, Pages, Site } from '../context.ts'
import { fields } from '../form.ts'
import { hoursOfDay } from '../hours.ts'
import { DeliveryTable } from '../parts/delivery-table.tsx'
import { redirectWith } from '../parts/notice.tsx'
import { Copyable, Empty, Heading, LivePart } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'
import { DayBars } from '../parts/sparkline.tsx'
import { TestResult } from '../parts/test-result.tsx'
import { WebhookFacts } from '../parts/webhook-facts.tsx'
import { WebhookSecret } from '../parts/webhook-secret.tsx'
import { Trouble, WebhookState } from '../parts/webhook-state.tsx'

const secretShape = z.object({ secret: z.string() })

/** One webhook: how it fares, what it was sent, its secret, and what can be done with it. */
export function webhookPages(pages: Pages, site: Site): void {
  const { service } = site
  const { store, catalog } = service
  const deliveryDays = createDeliveryDays(store)

  const show = async (context: Context, id: string, extra: Extra = {}) => {
    const webhook = await requireWebhook(store, id)
    const path = `/webhooks/${webhook.id}`
    const [shown, row, days, rows] = await Promise.all([
      presentWebhook(service, webhook),
      webhookRow(store, id),
      deliveryDays([id]),
      listAllDeliveries(store, { webhooks: [webhook.id], limit: 10 }),
    ])
    const hours = hoursOfDay(days.get(id) ?? [], Date.now())
    return page(site, context, { title: webhook.name, section: 'webhooks' }, [
      <Heading title={webhook.name} lead={<Address url={webhook.url} />}>
        <form method="post" action={`${path}/test`} class="row">
          <label class="visually-hidden" for="test-event">
            Event of the test
          </label>
          <select id="test-event" name="event" class="button">
            {[...new Set([...webhook.events, ...catalog.events.keys()])].map((type) => (
              <option value={type}>{type}</option>
            ))}
          </select>
          <button class="button primary" type="submit">
            Send a test
          </button>
        </form>
        <form method="post" action={`${path}/${webhook.enabled ? 'pause' : 'resume'}`}>
          <button class="button" type="submit">
            {webhook.enabled ? 'Pause' : 'Resume'}
          </button>
        </form>
        <a class="button" href={`${path}/edit`}>
          Edit
        </a>
      </Heading>,
      extra.tested !== undefined && <TestResult result={extra.tested} />,
      webhook.disabledReason !== null && (
        <p class="notice refused">Switched off: {webhook.disabledReason}</p>
      ),
      <LivePart path={path}>
        <section class="card row" aria-label="State">
          {row !== undefined && <WebhookState {...row} />}
          <DayBars hours={hours} label="Deliveries of the last 24 hours" />
          <span class="muted small">
            {hours.reduce((sum, { succeeded }) => sum + succeeded, 0)} delivered,{' '}
            {hours.reduce((sum, { failed }) => sum + failed, 0)} given up in 24 h
          </span>
          {row !== undefined && <Trouble row={row} />}
        </section>
        <section class="flow" aria-labelledby="recent">
          <div class="heading">
            <h2 id="recent">Recent deliveries</h2>
            <div class="actions">
              <a class="button compact" href={`/deliveries?webhook=${id}`}>
                All deliveries
              </a>
              <a class="button compact" href={`/dead-letters?webhook=${id}`}>
                Dead letters
              </a>
              <a class="button compact" href={`${path}/replay`}>
                Replay…
              </a>
            </div>
          </div>
          {rows.length === 0 ? (
            <Empty title="Nothing was sent yet">
              <p class="muted">Send a test to see whether it arrives.</p>
            </Empty>
          ) : (
            <DeliveryTable rows={rows} ofOne />
          )}
        </section>
      </LivePart>,
      <WebhookSecret
        path={path}
        redacted={shown.secret}
        revealed={extra.secret}
        until={webhook.previousSecretUntil}
      />,
      <WebhookFacts shown={shown} catalog={catalog} />,
      <p>
        <a class="button danger" href={`${path}/delete`}>
          Delete…
        </a>
      </p>,
    ])
  }

  pages.get('/webhooks/:id', async (context) =>
    context.html(await show(context, context.req.param('id'))),
  )

  pages.post('/webhooks/:id/:action{test|pause|resume|secret|rotate|delete}', async (context) => {
    const { id } = await requireWebhook(store, context.req.param('id'))
    const api = `/api/webhooks/${id}`
    const form = await fields(context)
    const action = context.req.param('action')
    if (action === 'test') {
      const event = form.text('event')
      const body = event === '' ? undefined : { event }
      const answer = await ask(site, context, 'POST', `${api}/test?show=request`, body)
      if (answer.ok) return context.html(await show(context, id, { tested: answer.body }))
      return refused(context, id, answer.detail)
    }
    if (action === 'secret' || action === 'rotate') {
      const answer =
        action === 'secret'
          ? await ask(site, context, 'GET', `${api}/secret`)
          : await ask(site, context, 'POST', `${api}/rotate-secret`, {
              overlapHours: Number(form.text('overlapHours') || 24),
            })
      if (!answer.ok) return refused(context, id, answer.detail)
      const { secret } = secretShape.parse(answer.body)
      return context.html(await show(context, id, { secret }))
    }
    if (action === 'delete') {
      const answer = await ask(site, context, 'DELETE', api)
      if (!answer.ok) return refused(context, id, answer.detail)
      return redirectWith(context, '/webhooks', {
        kind: 'done',
        text: 'Deleted, with its history.',
      })
    }
    const enabled = action === 'resume'
    const answer = await ask(site, context, 'PATCH', api, { enabled })
    if (!answer.ok) return refused(context, id, answer.detail)
    const text = enabled ? 'It is sent events again.' : 'It is paused: nothing is sent to it.'
    return redirectWith(context, `/webhooks/${id}`, { kind: 'done', text })
  })

  pages.get('/webhooks/:id/delete', async (context) => {
    const webhook = await requireWebhook(store, context.req.param('id'))
    return context.html(
      await page(site, context, { title: `Delete ${webhook.name}`, section: 'webhooks' }, [
        <Heading title={`Delete ${webhook.name}?`} />,
        <form method="post" class="card stack">
          <p>Its whole history goes with it, and what it is still owed.</p>
          <p class="actions">
            <button class="button danger" type="submit">
              Delete
            </button>
            <a class="button" href={`/webhooks/${webhook.id}`}>
              Keep it
            </a>
          </p>
        </form>,
      ]),
    )
  })
}

/** Where it goes; what of it is redacted is no use to anybody who copies it. */
function Address({ url }: { url: string }) {
  return looksConcealed(url) ? <code>{url}</code> : <Copyable text={url} label="the URL" />
}

interface Extra {
  readonly tested?: unknown
  /** Shown this once. */
  readonly secret?: string
}

function refused(context: Context, id: string, text: string): Response {
  return redirectWith(context, `/webhooks/${id}`, { kind: 'refused', text })
}
