import { covers } from '../../rules/scope.ts'
import { retryQueue } from '../../store/deliveries.ts'
import { createDeliveryDay, type DeliveryDay } from '../../store/delivery-hours.ts'
import { type FleetFilter, fleet, fleetStates, limitsSet } from '../../store/fleet.ts'
import { readingsOf } from '../../store/samples.ts'
import type { Context, Pages, Site } from '../context.ts'
import { amount } from '../gauge.ts'
import { hoursOfDay } from '../hours.ts'
import { Choice, Filters, Search } from '../parts/filters.tsx'
import { InstanceCard } from '../parts/instance-card.tsx'
import { Empty, Figure, Heading, LivePart, Pager } from '../parts/pieces.tsx'
import { page, standingNow } from '../parts/shell.tsx'
import { DayBars } from '../parts/sparkline.tsx'
import { Time } from '../parts/time.tsx'

const perPage = 12
const hourMs = 3_600_000
const whole = (count: number) => amount(count, '')
const states = { up: 'Up', down: 'Down', alert: 'With alerts', unknown: 'Not seen yet' } as const

/** What is wrong, at a glance. */
export function overviewPages(pages: Pages, site: Site): void {
  const deliveryDay = createDeliveryDay(site.service.store)
  pages.get('/', async (context) => {
    const filter = filterOf(context)
    const title = 'Overview'
    return context.html(
      await page(site, context, { title, section: 'overview' }, [
        <Heading title={title}>
          {covers(context.var.principal?.scopes ?? [], 'write') && (
            <a class="button primary" href="/instances/new">
              Watch an instance
            </a>
          )}
        </Heading>,
        <LivePart path={context.req.url.slice(new URL(context.req.url).origin.length)}>
          <Health site={site} context={context} deliveryDay={deliveryDay} />
          <Wanted filter={filter} />
          <Instances site={site} filter={filter} />
        </LivePart>,
      ]),
    )
  })
}

type Filter = FleetFilter & { readonly page: number }

function filterOf({ req }: Context): Filter {
  const asked = req.query('state')
  const state = (Object.keys(states) as (keyof typeof states)[]).find((it) => it === asked)
  const number = Math.min(10_000, Math.max(1, Math.trunc(Number(req.query('page'))) || 1))
  const text = (req.query('q') ?? '').slice(0, 100)
  return { state, text, page: number, limit: perPage + 1, offset: (number - 1) * perPage }
}

async function Health({
  site: { service },
  context,
  deliveryDay,
}: {
  site: Site
  context: Context
  deliveryDay: DeliveryDay
}) {
  const { store } = service
  const [instances, { alerts, givenUp }, day, queue] = await Promise.all([
    fleetStates(store),
    standingNow(service, context),
    deliveryDay(),
    retryQueue(store),
  ])
  const hours = hoursOfDay(day, Date.now())
  const succeeded = hours.reduce((sum, hour) => sum + hour.succeeded, 0)
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0)
  const share = succeeded + failed === 0 ? undefined : succeeded / (succeeded + failed)
  const rate = share === undefined ? '–' : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`
  return (
    <dl class="figures">
      <Figure
        label="Instances up"
        value={
          <>
            {whole(instances.up)} <span class="muted small">of {whole(instances.total)}</span>
          </>
        }
        tone={instances.down > 0 ? 'bad' : undefined}
        {...(instances.down > 0 && { note: `${whole(instances.down)} down` })}
        href="/?state=down"
      />
      <Figure
        label="Alerts standing"
        value={alerts}
        tone={alerts > 0 ? 'warn' : undefined}
        href="/alerts"
      />
      <Figure
        label="Delivered, 24 h"
        value={rate}
        tone={share !== undefined && share < 0.99 ? 'bad' : undefined}
        note={`${whole(succeeded + failed)} ended`}
      />
      <div class="figure">
        <dt>Deliveries by hour</dt>
        <dd>
          <DayBars
            hours={hours}
            label={`Deliveries of the last 24 hours: ${succeeded} delivered, ${failed} given up`}
          />
        </dd>
      </div>
      <Figure
        label="Retries waiting"
        value={whole(queue.pendingRetries)}
        {...(queue.nextRetryTime !== null && {
          note: <>next {<Time at={queue.nextRetryTime} />}</>,
        })}
        href="/deliveries?status=retrying"
      />
      <Figure
        label="Dead letters"
        value={givenUp > 999 ? '999+' : givenUp}
        tone={givenUp > 0 ? 'bad' : undefined}
        href="/dead-letters"
      />
    </dl>
  )
}

function Wanted({ filter }: { filter: Filter }) {
  return (
    <Filters action="/" label="Which instances">
      <Search name="q" label="Name or address" value={filter.text} />
      <Choice name="state" label="State" value={filter.state} options={Object.entries(states)} />
    </Filters>
  )
}

async function Instances({ site: { service }, filter }: { site: Site; filter: Filter }) {
  const { store, catalog } = service
  const [found, limits] = await Promise.all([fleet(store, filter), limitsSet(store)])
  const members = found.slice(0, perPage)
  const to = Date.now()
  const from = to - hourMs
  const ids = members.map(({ id }) => id)
  const readings = await readingsOf(store, ids, new Date(from))
  if (members.length === 0)
    return filter.state !== undefined || filter.text !== '' || filter.page > 1 ? (
      <Empty title="No instance is like that">
        <p>
          <a href="/">Show all of them</a>
        </p>
      </Empty>
    ) : (
      <Empty title="Nothing is watched yet">
        <p class="muted">
          Add a Valkey or Redis server here, or start with <code>VALKEY_URL</code> set.
        </p>
        <p class="actions">
          <a class="button primary" href="/instances/new">
            Watch an instance
          </a>
        </p>
      </Empty>
    )
  const query = (number: number) => {
    const { state = '', text = '' } = filter
    return `/?${new URLSearchParams({ state, q: text, page: String(number) })}`
  }
  return (
    <>
      <h2 class="visually-hidden">Instances</h2>
      <div class="grid">
        {members.map((member) => (
          <InstanceCard
            member={member}
            readings={readings.get(member.id) ?? []}
            catalog={catalog}
            limits={limits}
            from={from}
            to={to}
          />
        ))}
      </div>
      <Pager
        first={filter.page > 1 ? query(1) : undefined}
        next={found.length > perPage ? query(filter.page + 1) : undefined}
        names={['First', 'More']}
      />
    </>
  )
}
