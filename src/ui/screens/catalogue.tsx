import { payloadExample, payloadJsonSchema } from '../../api/payload-schema.ts'
import { missing } from '../../api/problem.ts'
import type { CatalogEvent } from '../../rules/catalog.ts'
import { clearsAt, defaultHysteresisFactor } from '../../rules/evaluate.ts'
import { allowed } from '../../rules/subscription.ts'
import type { Pages, Site } from '../context.ts'
import { amount } from '../gauge.ts'
import { Heading, Snippet, Table } from '../parts/pieces.tsx'
import { Pill, SeverityPill } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'
import { snippets } from '../snippets.ts'

/** What can happen: the plugins' own declarations. */
export function cataloguePages(pages: Pages, site: Site): void {
  const { service } = site
  const { catalog } = service

  pages.get('/event-types', async (context) =>
    context.html(
      await page(site, context, { title: 'Event catalogue', section: 'catalogue' }, [
        <Heading title="Event catalogue" lead="Every event that the plugins in use report." />,
        <Table label="Event types" columns={['Event', 'Description', 'Severity', 'Plugin', 'Tier']}>
          {[...catalog.events.values()].map((event) => (
            <tr>
              <td>
                <a href={`/event-types/${event.declaration.type}`}>{event.declaration.type}</a>
              </td>
              <td>{event.declaration.summary}</td>
              <td>
                <SeverityPill severity={event.declaration.severity} />
              </td>
              <td>{event.plugin}</td>
              <td>
                <TierPill event={event} open={allowed(event, service.tier())} />
              </td>
            </tr>
          ))}
        </Table>,
      ]),
    ),
  )

  pages.get('/event-types/:type', async (context) => {
    const event = catalog.events.get(context.req.param('type'))
    if (event === undefined) throw missing('event type')
    const { declaration, plugin } = event
    const { type, summary, severity } = declaration
    return context.html(
      await page(site, context, { title: type, section: 'catalogue' }, [
        <Heading title={type} lead={summary}>
          <a class="button" href={`/events?type=${type}`}>
            Recent events
          </a>
        </Heading>,
        <section class="card" aria-label="Summary">
          <dl class="facts">
            <dt>Severity</dt>
            <dd>
              <SeverityPill severity={severity} />
            </dd>
            <dt>Plugin</dt>
            <dd>{plugin}</dd>
            <dt>Tier</dt>
            <dd>
              <TierPill event={event} open={allowed(event, service.tier())} />
            </dd>
            <dt>Fires</dt>
            <dd>{fires(event)}</dd>
          </dl>
        </section>,
        <div class="halves">
          <section class="stack" aria-labelledby="sample">
            <h2 id="sample">Sample of its data</h2>
            <Snippet
              text={JSON.stringify(payloadExample(declaration), null, 2)}
              label={`Sample of ${type}`}
            />
          </section>
          <section class="stack" aria-labelledby="schema">
            <h2 id="schema">Schema of its data</h2>
            <Snippet
              text={JSON.stringify(payloadJsonSchema(declaration), null, 2)}
              label={`JSON Schema of ${type}`}
            />
          </section>
        </div>,
        <section class="stack" aria-labelledby="verify">
          <h2 id="verify">Verify the signature</h2>
          {Object.entries(snippets).map(([language, text]) => (
            <details class="card">
              <summary>{language}</summary>
              <Snippet text={text} label={`Verification in ${language}`} />
            </details>
          ))}
        </section>,
      ]),
    )
  })
}

function TierPill({ event, open }: { event: CatalogEvent; open: boolean }) {
  if (event.operational) return <Pill tone="ok">every</Pill>
  return <Pill tone={open ? 'ok' : 'off'}>{event.declaration.tier}</Pill>
}

function fires({ declaration }: CatalogEvent): string {
  const { threshold } = declaration
  if (threshold === undefined) return 'Each time it happens.'
  const { key, unit = '', direction = 'above', auto } = threshold
  const usual = threshold.default
  if (usual === 0 && auto !== undefined)
    return `Above the baseline that is learned; a webhook may set its own limit as ${key}.`
  const [fires, clears] = direction === 'below' ? ['or less', 'above'] : ['or more', 'below']
  return `At ${amount(usual, unit)} ${fires}, once; again after it was ${clears} ${amount(clearsAt(usual, defaultHysteresisFactor, direction), unit)}. A webhook may set its own limit as ${key}.`
}
