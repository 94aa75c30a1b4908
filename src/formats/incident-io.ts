import { cut, defineFormat } from 'tocsin/plugin'
import { z } from 'zod'
import { refusal } from './refusal.ts'
import { alertTitleOf, dataWithin, linkOf, placeOf, sourceOf, units } from './wording.ts'

/** HTTP alert sources of incident.io (docs.incident.io, "Alert events V2"; FORMATS 4.7). */
export const incidentIo = defineFormat({
  name: 'incident-io',
  title: 'incident.io',
  summary: 'HTTP alert sources of incident.io.',
  config: z.strictObject({
    token: z.string().min(1).max(500).describe("The alert source's token."),
  }),
  secrets: ['token'],
  resolves: true,
  suggests: ({ hostname, pathname }) =>
    hostname === 'api.incident.io' && pathname.startsWith('/v2/alert_events/http/'),
  render([event]) {
    const { alert, instance } = event
    const link = linkOf(event)
    return {
      body: JSON.stringify({
        title: cut(`${alertTitleOf(event)} on ${placeOf(event)}`, 200, units),
        status: alert.state,
        deduplication_key: alert.key,
        description: cut(event.message, 4000, units),
        metadata: {
          severity: alert.severity,
          event: alert.type,
          instance: sourceOf(event),
          ...(instance && { instance_name: instance.name }),
          data: dataWithin(event, 100_000),
        },
        ...(link !== undefined && { source_url: link }),
      }),
    }
  },
  authorization: ({ token }) => ({ type: 'Bearer', token }),
  judge: (answer) =>
    refusal({ title: 'incident.io', check: 'formatConfig.token and the url' }, answer),
})
