import { missing } from '../../api/problem.ts'
import { deliveriesOf, findEvent, listEvents } from '../../store/events.ts'
import { isId } from '../../store/ids.ts'
import { instanceNames } from '../../store/instance-names.ts'
import { namesOf } from '../../store/webhook-names.ts'
import type { Pages, Site } from '../context.ts'
import { EventTable, messageOf, placeOf } from '../parts/event-table.tsx'
import { EventTypeChoice, Filters } from '../parts/filters.tsx'
import { Copyable, Empty, Heading, LivePart, Pager, Snippet, Table } from '../parts/pieces.tsx'
import { SeverityPill, StatusPill } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'
import { Time } from '../parts/time.tsx'
import { pretty } from '../pretty.ts'

const perPage = 50

/** What happened, and what became of it. */
export function eventPages(pages: Pages, site: Site): void {
  const { store, catalog } = site.service

  pages.get('/events', async (context) => {
    const [type = '', before = ''] = ['type', 'before'].map((name) => context.req.query(name))
    const found = await listEvents(
      store,
      { type: type === '' ? undefined : type },
      { limit: perPage + 1, before: isId(before) ? before : undefined },
    )
    const shown = found.slice(0, perPage)
    const names = await instanceNames(
      store,
      shown.map(({ instanceId }) => instanceId ?? ''),
    )
    const query = (last: string) => `/events?${new URLSearchParams({ type, before: last })}`
    const { pathname, search } = new URL(context.req.url)
    return context.html(
      await page(site, context, { title: 'Events', section: 'events' }, [
        <Heading
          title="Events"
          lead="Everything that happened, newest first, whether a webhook was called or not."
        />,
        <Filters action="/events" label="Which events">
          <EventTypeChoice catalog={catalog} name="type" label="Type" value={type} />
        </Filters>,
        <LivePart path={pathname + search}>
          {shown.length === 0 ? (
            <Empty title="Nothing has happened">
              <p class="muted">Plugins report here, and so does whoever publishes events.</p>
              <p>
                <a href="/event-types">What can happen</a>
              </p>
            </Empty>
          ) : (
            <EventTable events={shown} instances={names} />
          )}
          <Pager
            first={before === '' ? undefined : query('')}
            next={found.length > perPage ? query(shown.at(-1)?.id ?? '') : undefined}
          />
        </LivePart>,
      ]),
    )
  })

  pages.get('/events/:id', async (context) => {
    const event = await findEvent(store, context.req.param('id'))
    if (event === undefined) throw missing('event')
    const deliveries = await deliveriesOf(store, [event.id])
    const [webhooks, instances] = await Promise.all([
      namesOf(
        store,
        deliveries.map(({ webhookId }) => webhookId),
      ),
      instanceNames(store, [event.instanceId ?? '']),
    ])
    return context.html(
      await page(site, context, { title: event.type, section: 'events' }, [
        <Heading title={event.type} lead={<Copyable text={event.id} label="the event id" />}>
          <a class="button" href={`/event-types/${event.type}`}>
            About this type
          </a>
        </Heading>,
        <LivePart path={`/events/${event.id}`}>
          <section class="card" aria-label="Summary">
            <dl class="facts">
              <dt>What</dt>
              <dd>{messageOf(event)}</dd>
              <dt>Severity</dt>
              <dd>
                <SeverityPill severity={event.severity} />
              </dd>
              <dt>Where</dt>
              <dd>
                {placeOf(event, instances)} {event.subject !== '' && <code>{event.subject}</code>}
              </dd>
              <dt>When</dt>
              <dd>
                <Time at={event.occurredAt} />
              </dd>
              <dt>Source</dt>
              <dd>{event.source}</dd>
            </dl>
          </section>
          <h2>Data</h2>
          <Snippet text={pretty(event.data)} label="Data of the event" />
          <h2>Deliveries</h2>
          {deliveries.length === 0 ? (
            <p class="muted">
              Nobody: no webhook subscribed to it, or its threshold was not crossed.{' '}
              <a href={`/alerts/trace?event=${event.type}&instance=${event.instanceId ?? ''}`}>
                Why?
              </a>
            </p>
          ) : (
            <Table label="Deliveries of this event" columns={['Webhook', 'Status']}>
              {deliveries.map(({ id, webhookId, status }) => (
                <tr>
                  <td class="name">
                    <a href={`/deliveries/${id}`}>{webhooks.get(webhookId)?.name ?? webhookId}</a>
                  </td>
                  <td>
                    <StatusPill status={status} />
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </LivePart>,
      ]),
    )
  })
}
