import { parseAddress } from '../../rules/address.ts'
import { explain, type Gate, heldBack } from '../../rules/explanation.ts'
import { missingOf } from '../../rules/lacks.ts'
import { type Alert, listAlerts } from '../../store/alerts.ts'
import { findInstance } from '../../store/instances.ts'
import { type Reading, readingsOf } from '../../store/samples.ts'
import { pluginErrors } from '../../store/states.ts'
import { type Told, toldOf } from '../../store/told.ts'
import { webhookRow } from '../../store/webhook-list.ts'
import { findWebhook } from '../../store/webhooks.ts'
import type { Pages, Site } from '../context.ts'
import { EventTypeChoice, Filters } from '../parts/filters.tsx'
import { Lookup } from '../parts/lookup.tsx'
import { Heading } from '../parts/pieces.tsx'
import { Pill, statusName } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'
import { Time } from '../parts/time.tsx'
import { meant } from './choices.tsx'

/** Why one webhook was, or was not, told of one event on one instance. */
export function tracePages(pages: Pages, site: Site): void {
  const { service } = site
  const { store, catalog } = service
  pages.get('/alerts/trace', async (context) => {
    const asked = Object.fromEntries(new URL(context.req.url).searchParams)
    const [webhooks, instances] = await Promise.all([
      meant(site, 'webhooks', asked.webhook ?? ''),
      meant(site, 'instances', asked.instance ?? ''),
    ])
    const unclear = [
      webhooks?.ids.length === 0 && 'No webhook is called that.',
      (webhooks?.ids.length ?? 0) > 1 && 'More than one webhook is called that: choose one.',
      instances?.ids.length === 0 && 'No instance is called that.',
      (instances?.ids.length ?? 0) > 1 && 'More than one instance is called that: choose one.',
    ].filter((one) => one !== false)
    const traced =
      unclear.length === 0
        ? await stepsOf({ ...asked, webhook: webhooks?.ids[0], instance: instances?.ids[0] })
        : undefined
    return context.html(
      await page(site, context, { title: 'Why did this (not) fire?', section: 'alerts' }, [
        <Heading
          title="Why did this (not) fire?"
          lead="Every check between what happens and this webhook, as things stand now."
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
          <Lookup
            kind="webhooks"
            name="webhook"
            label="Webhook"
            value={webhooks?.text}
            required
            placeholder="Its name"
          />
          <EventTypeChoice catalog={catalog} value={asked.event} none="Choose" required />
          <Lookup
            kind="instances"
            name="instance"
            label="Instance"
            value={instances?.text}
            placeholder="None in particular"
          />
        </Filters>,
        unclear.length > 0 && (
          <p class="notice caution" role="status">
            {unclear.join(' ')}
          </p>
        ),
        traced !== undefined && <Explained {...traced} />,
      ]),
    )
  })

  async function stepsOf(
    asked: Readonly<Record<string, string | undefined>>,
  ): Promise<Traced | undefined> {
    const event = catalog.events.get(asked.event ?? '')
    const webhook = await findWebhook(store, asked.webhook ?? '')
    if (event === undefined || webhook === undefined) return undefined
    const row = await findInstance(store, asked.instance ?? '')
    const { type, threshold } = event.declaration
    const plugin = catalog.plugins.find(({ name }) => name === event.plugin)
    const [errors, readings, alerts, url] =
      row === undefined
        ? [new Map<string, string>(), new Map<string, Reading[]>(), [], '']
        : await Promise.all([
            pluginErrors(store, row.id),
            readingsOf(store, [row.id], new Date(Date.now() - 3_600_000)),
            listAlerts(store, { webhook: webhook.id, instance: row.id, event: type }, { limit: 1 }),
            store.vault.open(row.url),
          ])
    const [standing] = alerts.filter(({ subject }) => !asked.subject || subject === asked.subject)
    const [health, told] = await Promise.all([
      webhookRow(store, webhook.id),
      standing && toldOf(store, [standing]),
    ])
    const steps = explain({
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
        readings.get(row?.id ?? '')?.findLast(({ values }) => threshold.key in values)?.values[
          threshold.key
        ],
      standing,
      failing:
        health === undefined || health.failures === null
          ? undefined
          : { failures: health.failures, heldBack: health.deferredUntil !== null },
    })
    return { steps, standing, told: told?.get(`${standing?.eventId} ${webhook.id}`) }
  }
}

interface Traced {
  readonly steps: readonly Gate[]
  /** The alert, where it has fired and stands. */
  readonly standing: Alert | undefined
  readonly told: Told | undefined
}

const tones = { yes: 'ok', no: 'bad', unknown: 'warn' } as const
const words = { yes: 'Passed', no: 'Stopped here', unknown: 'Not known' } as const

function Explained({ steps, standing, told }: Traced) {
  const held = heldBack(steps)
  const tone = held !== undefined ? 'caution' : 'done'
  return (
    <section class="flow" aria-label="Explanation">
      <div class={`notice ${tone}`} role="status">
        {standing !== undefined && (
          <p>
            <a href={`/events/${standing.eventId}`}>It fired</a> <Time at={standing.since} />, when{' '}
            {standing.threshold} was crossed.{' '}
            {told !== undefined && (
              <>
                This webhook was owed it:{' '}
                <a href={`/deliveries/${told.id}`}>{statusName(told.status)}</a>.
              </>
            )}
          </p>
        )}
        {held !== undefined ? (
          <p>
            {held.question} {held.reason}
          </p>
        ) : (
          standing === undefined && (
            <p>Nothing holds it back: when it happens, this webhook is told.</p>
          )
        )}
      </div>
      <ol class="card rows steps">
        {steps.map(({ question, verdict, reason }) => (
          <li class="row">
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
