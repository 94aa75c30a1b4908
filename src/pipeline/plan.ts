import { allowed } from '../rules/subscription.ts'
import { compose } from './compose.ts'
import { hold } from './hold.ts'
import {
  newDelivery,
  newEvent,
  type Plan,
  type Reading,
  type Situation,
  type Source,
} from './reading.ts'

/** Holds readings against every webhook in reach. Pure but for new ids: nothing has happened yet. */
export function plan(source: Source, readings: readonly Reading[], situation: Situation): Plan {
  const parts = readings
    .filter((reading) => source.origin === 'api' || allowed(reading.event, situation.tier))
    .map((reading) =>
      reading.event.declaration.threshold === undefined
        ? announce(source, reading, situation)
        : hold(source, reading, situation),
    )
  return mergePlans(parts)
}

export function mergePlans(plans: readonly Plan[]): Plan {
  return {
    happened: plans.flatMap(({ happened }) => happened),
    resolved: plans.flatMap(({ resolved }) => resolved),
    peaks: plans.flatMap(({ peaks }) => peaks),
  }
}

/** Whether a plan changes nothing, so that nothing need be written. */
export function isEmpty({ happened, resolved, peaks }: Plan): boolean {
  return happened.length + resolved.length + peaks.length === 0
}

/** An event without a threshold: everyone who wants it hears of each one. */
function announce(source: Source, reading: Reading, { subscribers, tier }: Situation): Plan {
  const { declaration } = reading.event
  const event = newEvent(source, reading, compose(declaration, reading.data, undefined))
  const heard = allowed(reading.event, tier) ? subscribers.of(declaration.type, source) : []
  const owed = heard.map((webhook) => ({ delivery: newDelivery(event, webhook.id, null) }))
  return { happened: [{ event, always: true, owed }], resolved: [], peaks: [] }
}
