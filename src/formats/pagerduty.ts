import { cut, defineFormat } from 'tocsin/plugin'
import { z } from 'zod'
import { refusal } from './refusal.ts'
import { dataWithin, isoTime, linkOf, placeOf, sourceOf, units } from './wording.ts'

/**
 * Events API v2 of PagerDuty (developer.pagerduty.com; FORMATS 4.4): what is over resolves the
 * incident that it opened, by the same `dedup_key`.
 */
export const pagerduty = defineFormat({
  name: 'pagerduty',
  title: 'PagerDuty',
  summary: 'Events API v2 of PagerDuty; url: https://events.pagerduty.com/v2/enqueue',
  config: z.strictObject({
    routingKey: z
      .string()
      .regex(/^[\w-]{32}$/, 'It must be the 32 characters of an integration key')
      .describe('Integration key of the service (Events API v2).'),
  }),
  secrets: ['routingKey'],
  resolves: true,
  suggests: ({ hostname }) => /^events(?:\.eu)?\.pagerduty\.com$/.test(hostname),
  render([event], { config, publicUrl }) {
    const { alert, instance, severity } = event
    const about = { routing_key: config.routingKey, dedup_key: alert.key }
    if (alert.state === 'resolved')
      return { body: JSON.stringify({ ...about, event_action: 'resolve' }) }
    const link = linkOf(event)
    return {
      body: JSON.stringify({
        ...about,
        event_action: 'trigger',
        client: 'Tocsin',
        ...(publicUrl !== undefined && { client_url: publicUrl }),
        payload: {
          summary: cut(`${event.message} (${placeOf(event)})`, 1024, units),
          source: cut(sourceOf(event), 255, units),
          severity,
          timestamp: isoTime(event.timestamp),
          component: 'valkey',
          ...(instance && { group: cut(instance.name, 255, units) }),
          class: event.type,
          custom_details: dataWithin(event, 100_000),
        },
        ...(link !== undefined && { links: [{ href: link, text: 'Open in Tocsin' }] }),
      }),
    }
  },
  judge(answer) {
    const verdict = refusal({ title: 'PagerDuty', check: 'formatConfig.routingKey' }, answer)
    // Only its documents say how long to wait.
    return verdict?.verdict === 'retry' && answer.header('Retry-After') === undefined
      ? { ...verdict, retryAfterMs: 30_000 }
      : verdict
  },
})
