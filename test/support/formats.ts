import { cut, defineFormat } from 'tocsin/plugin'
import { z } from 'zod'

/** Everything a format may have: a secret setting, a URL that is a secret, an opinion of answers. */
export const pager = defineFormat({
  name: 'pager',
  title: 'Pager',
  summary: 'Pages of a service of the tests.',
  config: z.strictObject({
    key: z.string().min(8).describe('Integration key.'),
    team: z.string().default('ops').describe('Who is paged.'),
  }),
  secrets: ['key'],
  secretUrl: true,
  resolves: true,
  suggests: ({ pathname }) => pathname.startsWith('/pager/'),
  expresses: ({ severity }) => (severity === 'info' ? 'nobody is paged for news' : undefined),
  render: ([event], { config, accountId }) => ({
    body: JSON.stringify({
      key: config.key,
      team: config.team,
      account: accountId,
      alert: event.alert,
      text: cut(event.message, 20),
      at: event.instance?.name,
      link: event.links.delivery,
    }),
    headers: { 'X-Key': config.key },
  }),
  target: (url) => `${url}?wait=true`,
  judge({ status, body }) {
    if (status === 200 && body !== 'ok') return { verdict: 'retry', reason: `it says ${body}` }
    return status === 400 ? { verdict: 'rejected', reason: body } : undefined
  },
})
