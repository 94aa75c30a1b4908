import { missing } from '../../api/problem.ts'
import { parseAddress, redactUrl } from '../../rules/address.ts'
import { listAlerts } from '../../store/alerts.ts'
import { listEvents } from '../../store/events.ts'
import { findInstance, type Instance } from '../../store/instances.ts'
import { createLimitsSet } from '../../store/limits.ts'
import { readingsOf } from '../../store/samples.ts'
import { timelineOf } from '../../store/timeline.ts'
import { toldOf } from '../../store/told.ts'
import { namesOf } from '../../store/webhook-names.ts'
import type { Pages, Site } from '../context.ts'
import { gaugesOf } from '../gauge.ts'
import { AlertTable } from '../parts/alert-table.tsx'
import { Capabilities } from '../parts/capabilities.tsx'
import { Courses } from '../parts/courses.tsx'
import { EventTable } from '../parts/event-table.tsx'
import { Lanes } from '../parts/lanes.tsx'
import { Heading, LivePart } from '../parts/pieces.tsx'
import { StatePill } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'
import { span, Time } from '../parts/time.tsx'

const spans = { hour: 3_600_000, day: 86_400_000 } as const

/** One server: its course, what stands on it, what happened, and what we may not see. */
export function instancePages(pages: Pages, site: Site): void {
  const { store, catalog } = site.service
  const limitsSet = createLimitsSet(store)
  pages.get('/instances/:id{[0-9a-f-]{36}}', async (context) => {
    const row = await findInstance(store, context.req.param('id'))
    if (row === undefined) throw missing('instance')
    const shown = context.req.query('span') === 'day' ? 'day' : 'hour'
    const to = Date.now()
    const from = to - spans[shown]
    const shownSpan = { from, to, slots: 120 }
    const [readings, limits, alerts, events, happened] = await Promise.all([
      readingsOf(store, [row.id], new Date(from)),
      limitsSet(),
      listAlerts(store, { instance: row.id }, { limit: 50 }),
      listEvents(store, { instance: row.id }, { limit: 20 }),
      timelineOf(store, row.id, shownSpan),
    ])
    const [names, told] = await Promise.all([
      namesOf(
        store,
        alerts.map(({ webhookId }) => webhookId),
      ),
      toldOf(store, alerts),
    ])
    const url = await store.vault.open(row.url)
    const path = `/instances/${row.id}`
    const known = [row.server && `${row.server} ${row.version ?? ''}`.trim(), row.role]
    return context.html(
      await page(site, context, { title: row.name, section: 'overview' }, [
        <Heading
          title={row.name}
          lead={
            <>
              {redactUrl(url)} · {known.filter(Boolean).join(' · ') || 'not seen yet'}
            </>
          }
        >
          <a class="button" href={`${path}/edit`}>
            Edit
          </a>
        </Heading>,
        <LivePart path={`${path}?span=${shown}`}>
          <State row={row} />
          <section class="flow" aria-labelledby="course">
            <div class="heading">
              <h2 id="course">Metrics</h2>
              <nav class="actions" aria-label="Time shown">
                {(['hour', 'day'] as const).map((one) => (
                  <a
                    class="button compact"
                    href={`${path}?span=${one}`}
                    aria-current={one === shown ? 'true' : undefined}
                  >
                    Last {one}
                  </a>
                ))}
              </nav>
            </div>
            <Courses
              gauges={gaugesOf(catalog, readings.get(row.id) ?? [], limits)}
              from={from}
              to={to}
              shown={shown}
            />
          </section>
          {happened.length > 0 && (
            <section class="flow" aria-labelledby="timeline">
              <h2 id="timeline">Timeline</h2>
              <Lanes happened={happened} span={shownSpan} />
            </section>
          )}
          <section class="flow" aria-labelledby="standing">
            <h2 id="standing">Alerts</h2>
            {alerts.length === 0 ? (
              <p class="muted">No alert stands.</p>
            ) : (
              <AlertTable
                alerts={alerts}
                catalog={catalog}
                webhooks={names}
                instances={new Map([[row.id, row.name]])}
                told={told}
              />
            )}
          </section>
          <section class="flow" aria-labelledby="happened">
            <h2 id="happened">Recent events</h2>
            {events.length === 0 ? (
              <p class="muted">Nothing yet.</p>
            ) : (
              <EventTable events={events} instances={new Map([[row.id, row.name]])} />
            )}
          </section>
          <Capabilities site={site} row={row} user={parseAddress(url).username ?? 'default'} />
        </LivePart>,
      ]),
    )
  })
}

function State({ row }: { row: Instance }) {
  return (
    <section class="card" aria-label="State">
      <dl class="facts">
        <dt>State</dt>
        <dd>
          <StatePill enabled={row.enabled} state={row.state} />
          {row.lastError !== null && <span class="fault"> {row.lastError}</span>}
        </dd>
        <dt>Last seen</dt>
        <dd>
          <Time at={row.lastSeenAt} />
        </dd>
        <dt>Last poll</dt>
        <dd>
          <Time at={row.lastLookAt} />
          {row.pollIntervalMs !== null && `, every ${span(row.pollIntervalMs)}`}
        </dd>
        <dt>Labels</dt>
        <dd>
          {Object.entries(row.labels)
            .map(([name, value]) => `${name}=${value}`)
            .join(', ') || '–'}
        </dd>
      </dl>
    </section>
  )
}
