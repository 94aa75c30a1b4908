import type { EventDeclaration } from '../plugin/event.ts'
import type { Catalog } from '../rules/catalog.ts'
import {
  deliveryDeadLettered,
  webhookDisabled,
  webhookFailing,
  webhookRecovered,
} from '../rules/operational.ts'
import type { HealthChange } from '../store/health.ts'
import { mergePlans, plan } from './plan.ts'
import type { Plan } from './reading.ts'
import type { Outcome } from './settlement.ts'
import { noAlerts } from './standing.ts'
import type { Subscribers } from './subscribers.ts'

/** What has happened to webhooks and deliveries in one batch of attempts. */
export interface Operations {
  readonly changes: readonly HealthChange[]
  readonly disabled: ReadonlyMap<string, string>
  readonly given: readonly Outcome[]
}

interface Context {
  readonly catalog: Catalog
  readonly subscribers: Subscribers
  readonly at: Date
}

/**
 * The operational events of a batch, for other webhooks than the one each is about. A dead letter is
 * told only to those who ask, and one of an operational event to nobody: two failing webhooks would
 * tell each other of themselves for ever.
 */
export function operations({ changes, disabled, given }: Operations, context: Context): Plan {
  const { catalog, subscribers } = context
  const told = (id: string, event: EventDeclaration, data: Record<string, unknown>) =>
    tell(
      id,
      event,
      { webhookId: id, webhookName: subscribers.byId.get(id)?.name ?? '', ...data },
      context,
    )

  return mergePlans([
    ...changes.flatMap(({ webhookId, change, failures, since }) => {
      if (change === 'hopeless') return []
      const event = change === 'deferred' ? webhookFailing : webhookRecovered
      return [told(webhookId, event, { failures, since })]
    }),
    ...[...disabled].map(([webhookId, reason]) => told(webhookId, webhookDisabled, { reason })),
    ...given.flatMap(({ claimed, settled }) => {
      const { webhookId, eventType } = claimed
      if (catalog.events.get(eventType)?.operational) return []
      if (subscribers.of(deliveryDeadLettered.type, {}).length === 0) return []
      const { id: deliveryId, attempt: attempts, error } = settled
      return [
        told(webhookId, deliveryDeadLettered, { deliveryId, event: eventType, attempts, error }),
      ]
    }),
  ])
}

function tell(
  about: string,
  declaration: EventDeclaration,
  data: Record<string, unknown>,
  { catalog, subscribers, at }: Context,
): Plan {
  const event = catalog.events.get(declaration.type)
  if (event === undefined) return mergePlans([])
  const others: Subscribers = {
    ...subscribers,
    of: (type, origin) => subscribers.of(type, origin).filter(({ id }) => id !== about),
  }
  const source = { key: '', at, origin: 'service' } as const
  return plan(source, [{ event, data, subject: about }], {
    subscribers: others,
    standing: noAlerts,
    tier: 'community',
  })
}
