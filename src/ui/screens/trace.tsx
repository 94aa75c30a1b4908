import { parseAddress } from '../../rules/address.ts'
import { explain, type Gate, heldBack } from '../../rules/explanation.ts'
import { missingOf } from '../../rules/lacks.ts'
import { listAlerts } from '../../store/alerts.ts'
import { fleet } from '../../store/fleet.ts'
import { findInstance } from '../../store/instances.ts'
import { samplesOf } from '../../store/samples.ts'
import { pluginErrors } from '../../store/states.ts'
import { webhookNames } from '../../store/webhook-names.ts'
import { findWebhook } from '../../store/webhooks.ts'
import type { Pages, Site } from '../context.ts'
import { Choice, Filters } from '../parts/filters.tsx'
import { Heading } from '../parts/pieces.tsx'
import { Pill } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'

/** Why one webhook was, or was not, told of one event on one instance. */
export function tracePages(pages: Pages, site: Site): void {
  const { service } = site
  const { store, catalog } = service
  pages.get('/alerts/trace', async (context) => {
    const asked = Object.fromEntries(new URL(context.req.url).searchParams)
    const [webhooks, instances] = await Promise.all([
      webhookNames(store, 200),
      fleet(store, { limit: 200, offset: 0 }),
    ])
    const steps = await stepsOf(asked)
    return context.html(
      await page(site, context, { title: 'Why did this (not) fire?', section: 'alerts' }, [
        <Heading
          title="Why did this (not) fire?"
          lead="The way of an event to a webhook, gate by gate, as things stand now."
        />,
        <Filters
          action="/alerts/trace"
          label="What to explain"
          submit={
            <button class="button primary" type="submit">
              Explain
            </button>
          }
        >
          <Choice
            name="webhook"
            label="Webhook"
            value={asked.webhook}
            options={webhooks.map(({ id, name }) => [id, name])}
            none="Choose"
            required
          />
          <Choice
            name="event"
            label="Event"
            value={asked.event}
            options={[...catalog.events.keys()].map((type) => [type, type])}
            none="Choose"
            required
          />
          <Choice
            name="instance"
            label="Instance"
            value={asked.instance}
            options={instances.map(({ id, name }) => [id, name])}
            none="none in particular"
          />
        </Filters>,
        steps !== undefined && <Explained steps={steps} />,
      ]),
    )
  })

  async function stepsOf(asked: Readonly<Record<string, string>>): Promise<Gate[] | undefined> {
    const event = catalog.events.get(asked.event ?? '')
    const webhook = await findWebhook(store, asked.webhook ?? '')
    if (event === undefined || webhook === undefined) return undefined
    const row = await findInstance(store, asked.instance ?? '')
    const { type, threshold } = event.declaration
    const plugin = catalog.plugins.find(({ name }) => name === event.plugin)
    const [errors, samples, alerts, url] =
      row === undefined
        ? [new Map<string, string>(), [], [], '']
        : await Promise.all([
            pluginErrors(store, row.id),
            samplesOf(store, [row.id], new Date(Date.now() - 3_600_000)),
            listAlerts(store, { webhook: webhook.id, instance: row.id, event: type }, { limit: 1 }),
            store.vault.open(row.url),
          ])
    const [standing] = alerts.filter(({ subject }) => !asked.subject || subject === asked.subject)
    return explain({
      event,
      tier: service.tier(),
      webhook,
      instance: row && { ...row, instanceId: row.id },
      pluginError: errors.get(event.plugin) ?? null,
      missing:
        row === undefined || plugin === undefined
          ? []
          : missingOf(plugin, row.lacks, parseAddress(url).username ?? 'default'),
      reading:
        threshold &&
        samples.findLast(({ values }) => threshold.key in values)?.values[threshold.key],
      standing,
    })
  }
}

const tones = { yes: 'ok', no: 'bad', unknown: 'warn' } as const
const words = { yes: 'Passed', no: 'Held back here', unknown: 'Not known' } as const

function Explained({ steps }: { steps: readonly Gate[] }) {
  const held = heldBack(steps)
  return (
    <section class="flow" aria-label="Explanation">
      <p class={`notice ${held === undefined ? 'done' : 'caution'}`} role="status">
        {held === undefined
          ? 'Nothing holds it back: when it happens, this webhook is told.'
          : `${held.question} ${held.reason}`}
      </p>
      <ol class="steps">
        {steps.map(({ question, verdict, reason }) => (
          <li class="card row">
            <Pill tone={tones[verdict]}>{words[verdict]}</Pill>
            <span>
              <strong>{question}</strong> {reason}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
