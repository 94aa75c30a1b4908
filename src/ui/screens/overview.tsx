import { covers } from '../../rules/scope.ts'
import type { Store } from '../../store/database.ts'
import { createDeliveryDay } from '../../store/delivery-hours.ts'
import { type FleetFilter, fleet } from '../../store/fleet.ts'
import { createLimitsSet } from '../../store/limits.ts'
import { createRecentReadings } from '../../store/samples.ts'
import type { Context, Pages, Site } from '../context.ts'
import { Choice, Filters, Search } from '../parts/filters.tsx'
import { Health } from '../parts/health.tsx'
import { InstanceCard } from '../parts/instance-card.tsx'
import { Empty, Heading, LivePart, Pager } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'

const perPage = 12
const hourMs = 3_600_000
const states = { up: 'Up', down: 'Down', alert: 'With alerts', unknown: 'Not seen yet' } as const

/** What is wrong, at a glance. */
export function overviewPages(pages: Pages, site: Site): void {
  const memory = createMemory(site.service.store)
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
          <Health service={site.service} context={context} deliveryDay={memory.deliveryDay} />
          <Wanted filter={filter} />
          <Instances site={site} filter={filter} memory={memory} />
        </LivePart>,
      ]),
    )
  })
}

/** What does not change from one view to the next, so that it need not be read again. */
type Memory = ReturnType<typeof createMemory>

function createMemory(store: Store) {
  return {
    deliveryDay: createDeliveryDay(store),
    limitsSet: createLimitsSet(store),
    recentReadings: createRecentReadings(store),
  }
}

type Filter = FleetFilter & { readonly page: number }

function filterOf({ req }: Context): Filter {
  const asked = req.query('state')
  const state = (Object.keys(states) as (keyof typeof states)[]).find((it) => it === asked)
  const number = Math.min(10_000, Math.max(1, Math.trunc(Number(req.query('page'))) || 1))
  const text = (req.query('q') ?? '').slice(0, 100)
  return { state, text, page: number, limit: perPage + 1, offset: (number - 1) * perPage }
}

function Wanted({ filter }: { filter: Filter }) {
  return (
    <Filters action="/" label="Which instances">
      <Search name="q" label="Name or address" value={filter.text} />
      <Choice name="state" label="State" value={filter.state} options={Object.entries(states)} />
    </Filters>
  )
}

async function Instances({
  site: { service },
  filter,
  memory,
}: {
  site: Site
  filter: Filter
  memory: Memory
}) {
  const { store, catalog } = service
  const [found, limits] = await Promise.all([fleet(store, filter), memory.limitsSet()])
  const members = found.slice(0, perPage)
  const to = Date.now()
  const from = to - hourMs
  const readings = await memory.recentReadings(members.map(({ id }) => id))
  if (members.length === 0)
    return filter.state !== undefined || filter.text !== '' || filter.page > 1 ? (
      <Empty title="No instance matches">
        <p>
          <a href="/">Show all instances</a>
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
