import {
  type AnswerClass,
  type DeliveriesWanted,
  listAllDeliveries,
} from '../../store/delivery-list.ts'
import { isId } from '../../store/ids.ts'
import { deliveryStatuses } from '../../store/schema/index.ts'
import type { Context, Pages, Site } from '../context.ts'
import { DeliveryTable } from '../parts/delivery-table.tsx'
import { Choice, EventTypeChoice, Filters, Search } from '../parts/filters.tsx'
import { Lookup, type Meant } from '../parts/lookup.tsx'
import { Empty, Heading, LivePart, Pager } from '../parts/pieces.tsx'
import { statusName } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'
import { SinceChoice, sinceOf } from '../parts/since.tsx'
import { meant } from './choices.tsx'

const perPage = 50
const answers: Readonly<Record<string, readonly [title: string, AnswerClass]>> = {
  '2xx': ['2xx, delivered', 2],
  '3xx': ['3xx, redirected', 3],
  '4xx': ['4xx, refused', 4],
  '5xx': ['5xx, failed', 5],
  none: ['No answer', 0],
}
const names = ['status', 'webhook', 'instance', 'event', 'code', 'time', 'id'] as const
type Asked = Readonly<Record<(typeof names)[number], string>>

/** Everything that was sent, or is owed. */
export function deliveriesPages(pages: Pages, site: Site): void {
  const { service } = site
  pages.get('/deliveries', async (context) => {
    const asked = askedOf(context)
    if (isId(asked.id)) return context.redirect(`/deliveries/${asked.id}`, 303)
    const { pathname, search } = new URL(context.req.url)
    const [webhooks, instances] = await Promise.all([
      meant(site, 'webhooks', asked.webhook),
      meant(site, 'instances', asked.instance),
    ])
    const before = context.req.query('before')
    const found = await listAllDeliveries(
      service.store,
      wantedOf(asked, { webhooks, instances, before }),
    )
    const shown = found.slice(0, perPage)
    const older = found.length > perPage ? shown.at(-1)?.id : undefined
    return context.html(
      await page(site, context, { title: 'Deliveries', section: 'deliveries' }, [
        <Heading title="Deliveries" lead="Every event owed to a webhook, newest first." />,
        <Wanted site={site} asked={asked} webhooks={webhooks} instances={instances} />,
        <LivePart path={pathname + search}>
          {shown.length === 0 ? <Nothing asked={asked} /> : <DeliveryTable rows={shown} />}
          <Pager
            first={before === undefined ? undefined : pathOf(asked)}
            next={older === undefined ? undefined : pathOf({ ...asked, before: older })}
          />
        </LivePart>,
      ]),
    )
  })
}

function askedOf({ req }: Context): Asked {
  const text = (name: string) => (req.query(name) ?? '').slice(0, 255).trim()
  return Object.fromEntries(names.map((name) => [name, text(name)])) as Asked
}

function wantedOf(
  { status, event, code, time }: Asked,
  within: {
    readonly webhooks: Meant | undefined
    readonly instances: Meant | undefined
    readonly before: string | undefined
  },
): DeliveriesWanted {
  const since = sinceOf(time)
  const { before } = within
  return {
    status: [...deliveryStatuses, 'given_up' as const].find((it) => it === status),
    webhooks: within.webhooks?.ids,
    instances: within.instances?.ids,
    event: event || undefined,
    answer: answers[code]?.[1],
    since: since === undefined ? undefined : new Date(since),
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
  instances,
}: {
  site: Site
  asked: Asked
  webhooks: Meant | undefined
  instances: Meant | undefined
}) {
  const statuses = deliveryStatuses.map((it) => [it, statusName(it)] as const)
  const codes = Object.entries(answers).map(([key, [title]]) => [key, title] as const)
  return (
    <Filters action="/deliveries" label="Which deliveries">
      <Lookup kind="webhooks" name="webhook" label="Webhook" value={webhooks?.text} />
      <Lookup kind="instances" name="instance" label="Instance" value={instances?.text} />
      <Choice name="status" label="Status" value={asked.status} options={statuses} />
      <Choice name="code" label="Response" value={asked.code} options={codes} />
      <EventTypeChoice catalog={service.catalog} value={asked.event} />
      <SinceChoice label="Time" value={asked.time} />
      <Search name="id" label="Delivery id" value={asked.id} />
    </Filters>
  )
}

function Nothing({ asked }: { asked: Asked }) {
  return Object.values(asked).some((value) => value !== '') ? (
    <Empty title="No delivery matches">
      <p>
        <a href="/deliveries">Show all deliveries</a>
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
