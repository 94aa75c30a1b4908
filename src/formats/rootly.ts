import { cut, defineFormat } from 'tocsin/plugin'
import { z } from 'zod'
import { refusal } from './refusal.ts'
import { dataWithin, isoTime, linkOf, placeOf, sourceOf, units } from './wording.ts'

/**
 * Alerts of Rootly's API (docs.rootly.com, `POST /v1/alerts`; FORMATS 4.8). It resolves by an id that
 * only its answer tells, so the end of an alert cannot be said here.
 */
export const rootly = defineFormat({
  name: 'rootly',
  title: 'Rootly',
  summary: 'Alerts of Rootly; url: https://api.rootly.com/v1/alerts',
  config: z.strictObject({
    token: z.string().min(1).max(500).describe('An API token.'),
  }),
  secrets: ['token'],
  suggests: ({ hostname, pathname }) =>
    hostname === 'api.rootly.com' && pathname.startsWith('/v1/'),
  expresses: ({ type }) =>
    type === 'alert.resolved'
      ? 'Rootly resolves alerts only by the id of its own answer; leave alert.resolved out'
      : undefined,
  render([event]) {
    const { alert } = event
    const link = linkOf(event)
    return {
      contentType: 'application/vnd.api+json',
      body: JSON.stringify({
        data: {
          type: 'alerts',
          attributes: {
            source: 'generic_webhook',
            summary: cut(event.message, 1000, units),
            description: cut(placeOf(event), 1000, units),
            status: 'triggered',
            external_id: alert.key,
            ...(link !== undefined && { external_url: link }),
            started_at: isoTime(event.timestamp),
            labels: [
              { key: 'severity', value: event.severity },
              { key: 'event', value: event.type },
              { key: 'instance', value: sourceOf(event) },
            ],
            data: dataWithin(event, 100_000),
          },
        },
      }),
    }
  },
  authorization: ({ token }) => ({ type: 'Bearer', token }),
  judge: (answer) => refusal({ title: 'Rootly', check: 'formatConfig.token' }, answer),
})
