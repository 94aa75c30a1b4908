import { presentDeliveryDetail } from '../../api/presenters/delivery.ts'
import { missing } from '../../api/problem.ts'
import { findDelivery } from '../../store/deliveries.ts'
import { findEvent } from '../../store/events.ts'
import { findInstance } from '../../store/instances.ts'
import { findWebhook } from '../../store/webhooks.ts'
import { ask } from '../ask.ts'
import type { Pages, Site } from '../context.ts'
import { Attempts } from '../parts/attempts.tsx'
import { redirectWith } from '../parts/notice.tsx'
import { Copyable, Heading, LivePart } from '../parts/pieces.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'
import { Time } from '../parts/time.tsx'

/** One delivery, attempt by attempt. */
export function deliveryPages(pages: Pages, site: Site): void {
  const { store } = site.service

  pages.get('/deliveries/:id', async (context) => {
    const found = await findDelivery(store, context.req.param('id'))
    if (found === undefined) throw missing('delivery')
    const [webhook, event] = await Promise.all([
      findWebhook(store, found.webhookId),
      findEvent(store, found.eventId),
    ])
    const instance = event?.instanceId ? await findInstance(store, event.instanceId) : undefined
    const detail = presentDeliveryDetail(found)
    const retryable = detail.status === 'dead_letter' || detail.status === 'failed'
    const title = `Delivery of ${detail.eventType}`
    return context.html(
      await page(site, context, { title, section: 'deliveries' }, [
        <Heading
          title={detail.eventType}
          lead={<Copyable text={detail.id} label="the delivery id" />}
        >
          {retryable && (
            <form method="post" action={`/deliveries/${detail.id}/retry`}>
              <button class="button primary" type="submit">
                Retry now
              </button>
            </form>
          )}
        </Heading>,
        <LivePart path={`/deliveries/${detail.id}`}>
          <section class="card" aria-label="Summary">
            <dl class="facts">
              <dt>Status</dt>
              <dd>
                <StatusPill status={detail.status} />
                {detail.nextRetryAt !== null && (
                  <>
                    {' '}
                    next attempt <Time at={detail.nextRetryAt} past="now" />
                  </>
                )}
              </dd>
              <dt>Webhook</dt>
              <dd>
                <a href={`/webhooks/${detail.webhookId}`}>{webhook?.name ?? detail.webhookId}</a>{' '}
                <span class="muted">{webhook?.url}</span>
              </dd>
              <dt>Event</dt>
              <dd>
                <a href={`/events/${detail.eventId}`}>{detail.eventType}</a>
                {instance !== undefined && (
                  <>
                    {' on '}
                    <a href={`/instances/${instance.id}`}>{instance.name}</a>
                  </>
                )}
              </dd>
              <dt>Queued</dt>
              <dd>
                <Time at={detail.createdAt} />
              </dd>
              <dt>Ended</dt>
              <dd>
                <Time at={detail.completedAt} none="not yet" />
              </dd>
            </dl>
          </section>
          <Attempts detail={detail} url={webhook?.url ?? ''} />
        </LivePart>,
      ]),
    )
  })

  pages.post('/deliveries/:id/retry', async (context) => {
    const id = context.req.param('id')
    const path = `/deliveries/${encodeURIComponent(id)}`
    const answer = await ask(site, context, 'POST', `/api/webhooks${path}/retry`)
    return redirectWith(
      context,
      path,
      answer.ok
        ? { kind: 'done', text: 'It is queued again, with a fresh budget of retries.' }
        : { kind: 'refused', text: answer.detail },
    )
  })
}
