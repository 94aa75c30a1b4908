import { type DeliveriesWanted, listAllDeliveries } from '../../store/delivery-list.ts'
import { isId } from '../../store/ids.ts'
import { deliveryStatuses } from '../../store/schema/index.ts'
import { type WebhookName, webhookNames } from '../../store/webhook-names.ts'
import type { Context, Pages, Site } from '../context.ts'
import { DeliveryTable } from '../parts/delivery-table.tsx'
import { Choice, Filters, Search } from '../parts/filters.tsx'
import { Empty, Heading, LivePart, Pager } from '../parts/pieces.tsx'
import { statusName } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'

const perPage = 50
const hourMs = 3_600_000
const times = { '1h': ['Last hour', 1], '24h': ['Last day', 24], '7d': ['Last week', 168] } as const
type Asked = Readonly<Record<'status' | 'webhook' | 'event' | 'time' | 'id', string>>

/** Everything that was sent, or is owed. */
export function deliveriesPages(pages: Pages, site: Site): void {
  const { service } = site
  pages.get('/deliveries', async (context) => {
    const asked = askedOf(context)
    if (isId(asked.id)) return context.redirect(`/deliveries/${asked.id}`, 303)
    const { pathname, search } = new URL(context.req.url)
    const [found, webhooks] = await Promise.all([
      listAllDeliveries(service.store, wantedOf(asked, context.req.query('before'))),
      webhookNames(service.store, 200),
    ])
    const shown = found.slice(0, perPage)
    const older = found.length > perPage ? shown.at(-1)?.id : undefined
    return context.html(
      await page(site, context, { title: 'Deliveries', section: 'deliveries' }, [
        <Heading title="Deliveries" lead="Every event owed to a webhook, newest first." />,
        <Wanted site={site} asked={asked} webhooks={webhooks} />,
        <LivePart path={pathname + search}>
          {shown.length === 0 ? (
            <Nothing asked={asked} />
          ) : (
            <DeliveryTable rows={shown} webhooks={webhooks} />
          )}
          <Pager
            first={context.req.query('before') === undefined ? undefined : pathOf(asked)}
            next={older === undefined ? undefined : pathOf({ ...asked, before: older })}
          />
        </LivePart>,
      ]),
    )
  })
}

function askedOf({ req }: Context): Asked {
  const text = (name: string) => (req.query(name) ?? '').slice(0, 255)
  return {
    status: text('status'),
    webhook: text('webhook'),
    event: text('event'),
    time: text('time'),
    id: text('id').trim(),
  }
}

function wantedOf({ status, webhook, event, time }: Asked, before?: string): DeliveriesWanted {
  const hours = time in times ? times[time as keyof typeof times][1] : undefined
  return {
    status: [...deliveryStatuses, 'given_up' as const].find((it) => it === status),
    webhook: webhook || undefined,
    event: event || undefined,
    since: hours === undefined ? undefined : new Date(Date.now() - hours * hourMs),
    before: before !== undefined && isId(before) ? before : undefined,
    limit: perPage + 1,
  }
}

function pathOf(asked: Readonly<Record<string, string>>): string {
  const given = Object.entries(asked).filter(([, value]) => value !== '')
  return `/deliveries?${new URLSearchParams(given)}`
}

function Wanted({
  site: { service },
  asked,
  webhooks,
}: {
  site: Site
  asked: Asked
  webhooks: readonly WebhookName[]
}) {
  const choices = {
    status: ['Status', deliveryStatuses.map((it) => [it, statusName(it)])],
    webhook: ['Webhook', webhooks.map(({ id, name }) => [id, name])],
    event: ['Event', [...service.catalog.events.keys()].map((type) => [type, type])],
    time: ['Time', Object.entries(times).map(([key, [name]]) => [key, name])],
  } satisfies Partial<Record<keyof Asked, [string, [string, string][]]>>
  return (
    <Filters action="/deliveries" label="Which deliveries">
      {Object.entries(choices).map(([name, [label, options]]) => (
        <Choice name={name} label={label} value={asked[name as keyof Asked]} options={options} />
      ))}
      <Search name="id" label="Delivery id" value={asked.id} />
    </Filters>
  )
}

function Nothing({ asked }: { asked: Asked }) {
  return Object.values(asked).some((value) => value !== '') ? (
    <Empty title="No delivery is like that">
      <p>
        <a href="/deliveries">Show all of them</a>
      </p>
    </Empty>
  ) : (
    <Empty title="Nothing was sent yet">
      <p class="muted">A delivery appears here as soon as an event is owed to a webhook.</p>
      <p class="actions">
        <a class="button primary" href="/webhooks/new">
          Create a webhook
        </a>
        <a class="button" href="/webhooks">
          Test one
        </a>
      </p>
    </Empty>
  )
}
