import { alertCursor, parseAlertCursor } from '../../api/alert-cursor.ts'
import { type AlertFilter, listAlerts } from '../../store/alerts.ts'
import { instanceNames } from '../../store/instance-names.ts'
import { toldOf } from '../../store/told.ts'
import { namesOf } from '../../store/webhook-names.ts'
import type { Pages, Site } from '../context.ts'
import { AlertTable } from '../parts/alert-table.tsx'
import { Choice, Filters } from '../parts/filters.tsx'
import { Lookup } from '../parts/lookup.tsx'
import { Empty, Heading, LivePart, Pager } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'
import { meant } from './choices.tsx'

const perPage = 50

/** What stands crossed, since when, and who was told. */
export function alertPages(pages: Pages, site: Site): void {
  const { store, catalog } = site.service
  pages.get('/alerts', async (context) => {
    const { pathname, search, searchParams } = new URL(context.req.url)
    const given = (name: string) => searchParams.get(name) ?? ''
    const [ofWebhooks, onInstances] = await Promise.all([
      meant(site, 'webhooks', given('webhook')),
      meant(site, 'instances', given('instance')),
    ])
    const filter: AlertFilter = {
      webhook: ofWebhooks?.ids,
      // An alert may also stand on an address that is not under watch.
      instance: onInstances && (onInstances.ids.length > 0 ? onInstances.ids : given('instance')),
      event: given('event') || undefined,
    }
    const after = parseAlertCursor(searchParams.get('after') ?? '')
    const found = await listAlerts(store, filter, { limit: perPage + 1, after })
    const shown = found.slice(0, perPage)
    const [webhooks, instances, told] = await Promise.all([
      namesOf(
        store,
        shown.map(({ webhookId }) => webhookId),
      ),
      instanceNames(
        store,
        shown.map(({ instance }) => instance),
      ),
      toldOf(store, shown),
    ])
    const last = shown.at(-1)
    const filtered = Object.values(filter).some((value) => value !== undefined)
    const next = new URLSearchParams(searchParams)
    if (last !== undefined) next.set('after', alertCursor(last))
    return context.html(
      await page(site, context, { title: 'Alerts', section: 'alerts' }, [
        <Heading title="Alerts" lead="Thresholds that are crossed right now, the oldest first.">
          <a class="button" href="/alerts/trace">
            Why did this (not) fire?
          </a>
        </Heading>,
        <Filters action="/alerts" label="Which alerts">
          <Lookup kind="webhooks" name="webhook" label="Webhook" value={ofWebhooks?.text} />
          <Lookup kind="instances" name="instance" label="Instance" value={onInstances?.text} />
          <Choice
            name="event"
            label="Event"
            value={filter.event}
            options={[...catalog.thresholds.values()].map(({ type }) => [type, type])}
          />
        </Filters>,
        <LivePart path={pathname + search}>
          {shown.length === 0 ? (
            <Empty title={filtered ? 'No alert matches' : 'No alert stands'}>
              <p class="muted">
                {filtered
                  ? 'Others may stand.'
                  : 'An alert stands here from the moment its threshold is crossed until the value is safe again.'}
              </p>
              <p>
                {filtered ? (
                  <a href="/alerts">Show all alerts</a>
                ) : (
                  <a href="/alerts/trace">Did you expect one? See why it did not fire</a>
                )}
              </p>
            </Empty>
          ) : (
            <AlertTable
              alerts={shown}
              catalog={catalog}
              webhooks={webhooks}
              instances={instances}
              told={told}
            />
          )}
          <Pager
            first={after === undefined ? undefined : '/alerts'}
            next={found.length > perPage ? `/alerts?${next}` : undefined}
          />
        </LivePart>,
      ]),
    )
  })
}
