import type { Family } from '../../rules/meter.ts'
import { type DeliveryCounts, mostCounted } from '../../store/delivery-counts.ts'
import type { Gauges } from '../../store/gauges.ts'

const upTo = `Counted up to ${mostCounted} of each.`
const statuses = {
  pending: 'pending',
  retrying: 'retrying',
  dead_letter: 'deadLetters',
  failed: 'failed',
} as const satisfies Record<string, keyof DeliveryCounts>

/** What the database says of the whole service, replicas together, as metrics. */
export function gaugeFamilies(
  { webhooks, instances, alerts, plugins }: Gauges,
  deliveries: readonly DeliveryCounts[],
): Family[] {
  const sumOf = (field: 'pending' | 'retrying') =>
    deliveries.reduce((sum, counts) => sum + counts[field], 0)
  const ages = webhooks.map(({ oldestDueSeconds }) => oldestDueSeconds ?? 0)
  return [
    gauge('tocsin_queue_depth', `Deliveries owed and not settled, by status. ${upTo}`, [
      [{ status: 'pending' }, sumOf('pending')],
      [{ status: 'retrying' }, sumOf('retrying')],
    ]),
    gauge(
      'tocsin_queue_oldest_due_seconds',
      'How long the delivery that is due longest has been waiting; 0 where none is due.',
      [[{}, ages.reduce((most, age) => Math.max(most, age), 0)]],
    ),
    gauge(
      'tocsin_webhook_deliveries',
      `Deliveries owed or given up, by webhook and status. ${upTo}`,
      deliveries.flatMap((counts) =>
        Object.entries(statuses).map(
          ([status, field]) => [{ webhook: counts.id, status }, counts[field]] as const,
        ),
      ),
    ),
    gauge(
      'tocsin_webhook_oldest_due_seconds',
      'How long the delivery that is due longest has been waiting, by webhook.',
      webhooks.map(({ id, oldestDueSeconds }) => [{ webhook: id }, oldestDueSeconds ?? 0]),
    ),
    gauge(
      'tocsin_webhook_enabled',
      'Whether a webhook is sent anything.',
      webhooks.map(({ id, enabled }) => [{ webhook: id }, Number(enabled)]),
    ),
    gauge(
      'tocsin_webhook_failing',
      'Whether a webhook has failed for so long that it is only probed.',
      webhooks.map(({ id, failing }) => [{ webhook: id }, Number(failing)]),
    ),
    gauge(
      'tocsin_alerts_standing',
      'Thresholds standing crossed, by webhook and event type.',
      alerts.map(({ webhook, event, count }) => [{ webhook, event }, count]),
    ),
    gauge(
      'tocsin_instance_up',
      'Whether an instance answered at its last look.',
      instances.map(({ id, name, state }) => [{ instance_id: id, name }, Number(state === 'up')]),
    ),
    gauge(
      'tocsin_poll_age_seconds',
      'Since the last look at an instance.',
      instances.flatMap(({ id, name, lookAge }) =>
        lookAge === null ? [] : [[{ instance_id: id, name }, lookAge] as const],
      ),
    ),
    gauge(
      'tocsin_instance_seen_age_seconds',
      'Since an instance last answered.',
      instances.flatMap(({ id, name, seenAge }) =>
        seenAge === null ? [] : [[{ instance_id: id, name }, seenAge] as const],
      ),
    ),
    gauge(
      'tocsin_plugin_failing_instances',
      "Instances at which a plugin's last look failed.",
      plugins.map(({ plugin, count }) => [{ plugin }, count]),
    ),
  ]
}

type Value = readonly [labels: Readonly<Record<string, string>>, value: number]

function gauge(name: string, help: string, values: readonly Value[]): Family {
  return {
    name,
    help,
    type: 'gauge',
    samples: values.map(([labels, value]) => ({ labels, value })),
  }
}
