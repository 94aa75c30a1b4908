import { expect, test } from 'vitest'
import { useApi } from '../support/api.ts'
import { pointers } from '../support/api-client.ts'
import { hostileUrls } from '../support/hostile-urls.ts'

const api = useApi(() => ({ policy: { production: true, allow: [] } }))
const webhook = { name: 'w', url: 'https://example.com/', events: ['instance.down'] }

test.each([
  ['creating a webhook', 'POST', '/api/webhooks', webhook],
  ['testing one that is not saved', 'POST', '/api/webhooks/test', webhook],
  ['changing one', 'PATCH', '', {}],
])(
  '%s with a hostile URL is refused, whichever of the corpus it is',
  async (_, method, path, body) => {
    const made = await api.call('POST', '/api/webhooks', { body: webhook })
    const { id } = made.body as { id: string }
    for (const url of hostileUrls) {
      const answer = await api.call(method, path || `/api/webhooks/${id}`, {
        body: { ...body, url },
      })
      const blamed = new Set(pointers(answer))
      expect([url, answer.status, ...blamed]).toEqual([url, 400, '/url'])
    }
    expect(api.asked.tested).toEqual([])
    const { body: list } = await api.call('GET', '/api/webhooks')
    expect(list).toMatchObject([{ id, url: webhook.url }])
  },
)
