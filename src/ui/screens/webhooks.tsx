import { covers } from '../../rules/scope.ts'
import { createDeliveryDays } from '../../store/delivery-hours.ts'
import { isId } from '../../store/ids.ts'
import { type WebhookRow, type WebhooksWanted, webhookRows } from '../../store/webhook-list.ts'
import type { Context, Pages, Site } from '../context.ts'
import { hoursOfDay } from '../hours.ts'
import { Choice, EventTypeChoice, Filters, Search } from '../parts/filters.tsx'
import { Empty, Heading, LivePart, Pager, Table } from '../parts/pieces.tsx'
import { Pill, statusName, toneOf } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'
import { DayBars } from '../parts/sparkline.tsx'
import { Time } from '../parts/time.tsx'
import { WebhookState } from '../parts/webhook-state.tsx'

const perPage = 25
const states = { enabled: 'Enabled', paused: 'Paused', failing: 'Failing' } as const

/** Who is called, and how that goes. */
export function webhooksPages(pages: Pages, site: Site): void {
  const { store } = site.service
  const deliveryDays = createDeliveryDays(store)
  pages.get('/webhooks', async (context) => {
    const wanted = wantedOf(context)
    const { pathname, search, searchParams } = new URL(context.req.url)
    const found = await webhookRows(store, wanted)
    const shown = found.slice(0, perPage)
    const days = await deliveryDays(shown.map(({ id }) => id))
    const next = new URLSearchParams(searchParams)
    next.set('before', shown.at(-1)?.id ?? '')
    return context.html(
      await page(site, context, { title: 'Webhooks', section: 'webhooks' }, [
        <Heading title="Webhooks" lead="The endpoints that are called when something happens.">
          {covers(context.var.principal?.scopes ?? [], 'write') && (
            <a class="button primary" href="/webhooks/new">
              Create a webhook
            </a>
          )}
        </Heading>,
        <Wanted site={site} wanted={wanted} />,
        <LivePart path={pathname + search}>
          {shown.length === 0 ? (
            <Nothing filtered={search !== ''} />
          ) : (
            <Table
              label="Webhooks"
              columns={['Name', 'State', 'Events', 'Last 24 h', 'Last delivery', 'Actions']}
            >
              {shown.map((row) => rowOf(row, hoursOfDay(days.get(row.id) ?? [], Date.now())))}
            </Table>
          )}
          <Pager
            first={wanted.before === undefined ? undefined : '/webhooks'}
            next={found.length > perPage ? `/webhooks?${next}` : undefined}
          />
        </LivePart>,
      ]),
    )
  })
}

function wantedOf({ req }: Context): WebhooksWanted {
  const [state, event = '', before = ''] = ['state', 'event', 'before'].map((it) => req.query(it))
  return {
    text: (req.query('q') ?? '').slice(0, 100),
    state: (['enabled', 'paused', 'failing'] as const).find((it) => it === state),
    event: event === '' ? undefined : event,
    before: isId(before) ? before : undefined,
    limit: perPage + 1,
  }
}

function Wanted({ site, wanted }: { site: Site; wanted: WebhooksWanted }) {
  return (
    <Filters action="/webhooks" label="Which webhooks">
      <Search name="q" label="Name or URL" value={wanted.text} />
      <Choice name="state" label="State" value={wanted.state} options={Object.entries(states)} />
      <EventTypeChoice catalog={site.service.catalog} value={wanted.event} />
    </Filters>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No webhook matches">
      <p>
        <a href="/webhooks">Show all webhooks</a>
      </p>
    </Empty>
  ) : (
    <Empty title="No webhooks yet">
      <p class="muted">A webhook says which events are sent where, and from which threshold on.</p>
      <p class="actions">
        <a class="button primary" href="/webhooks/new">
          Create a webhook
        </a>
      </p>
    </Empty>
  )
}

function rowOf(
  row: WebhookRow,
  hours: readonly { readonly succeeded: number; readonly failed: number }[],
) {
  const succeeded = hours.reduce((sum, hour) => sum + hour.succeeded, 0)
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0)
  const path = `/webhooks/${row.id}`
  return (
    <tr>
      <td class="name">
        <a href={path}>{row.name}</a>
        <span class="hint block">{hostOf(row.url)}</span>
      </td>
      <td>
        <WebhookState {...row} />
        {row.failures !== null && (
          <span class="hint block nowrap">{row.failures} failures in a row</span>
        )}
      </td>
      <td title={row.events.join(', ')}>
        {row.eventsPolicy === 'exclude' ? 'all but ' : ''}
        {row.events.length}
      </td>
      <td>
        <DayBars
          hours={hours}
          label={`${succeeded} delivered and ${failed} given up in the last 24 hours`}
        />
      </td>
      <td class="nowrap">
        {row.lastStatus === null ? (
          <span class="muted">none yet</span>
        ) : (
          <>
            <Pill tone={toneOf(row.lastStatus)}>{row.lastCode ?? statusName(row.lastStatus)}</Pill>{' '}
            <Time at={row.lastAt} />
          </>
        )}
      </td>
      <td>
        <div class="actions">
          <form method="post" action={`${path}/test`}>
            <button class="button compact" type="submit" aria-label={`Test ${row.name}`}>
              Test
            </button>
          </form>
          <form method="post" action={`${path}/${row.enabled ? 'pause' : 'resume'}`}>
            <button
              class="button compact"
              type="submit"
              aria-label={`${row.enabled ? 'Pause' : 'Resume'} ${row.name}`}
            >
              {row.enabled ? 'Pause' : 'Resume'}
            </button>
          </form>
        </div>
      </td>
    </tr>
  )
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
