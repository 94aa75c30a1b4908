import { beforeEach, describe, expect, test } from 'vitest'
import { claimDeliveries } from '../../../src/store/queue.ts'
import { useApi } from '../../support/api.ts'
import { nextPage, pages, pointers } from '../../support/api-client.ts'
import { attemptAll, happen, refused } from '../../support/history.ts'

let path: string
let webhookId: string

const api = useApi()
beforeEach(async () => {
  webhookId = await webhook()
  path = `/api/webhooks/${webhookId}/deliveries`
})

async function webhook(): Promise<string> {
  const body = { name: 'n', url: 'https://api.example.com', events: ['instance.down'] }
  return ((await api.call('POST', '/api/webhooks', { body })).body as { id: string }).id
}

async function owed(count: number, type = 'instance.down'): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++)
    ids.unshift(...(await happen(api.service.store, [webhookId], { type })).deliveryIds)
  return ids
}

const idsOf = (body: unknown) => (body as { id: string }[]).map(({ id }) => id)

describe('the history', () => {
  test('has the shape of the contract, null where there is nothing', async () => {
    const [id] = await owed(1)
    await attemptAll(api.service.store, { ...refused, status: 'retrying', retryInMs: 60_000 })
    const { status, body } = await api.call('GET', path)
    expect(status).toBe(200)
    expect(body).toEqual([
      {
        id,
        webhookId,
        eventId: expect.any(String),
        eventType: 'instance.down',
        status: 'retrying',
        statusCode: null,
        responseBody: null,
        attempts: 1,
        durationMs: 145,
        nextRetryAt: expect.any(Number),
        createdAt: expect.any(Number),
        completedAt: null,
        error: 'Connection refused',
      },
    ])
  })

  test('tells no next retry while an attempt is under way', async () => {
    await owed(1)
    await attemptAll(api.service.store, { ...refused, status: 'retrying', retryInMs: 0 })
    await claimDeliveries(api.service.store, { limit: 1, perWebhook: 1, leaseMs: 60_000 })
    const { body } = await api.call('GET', path)
    expect(body).toMatchObject([{ status: 'retrying', attempts: 2, nextRetryAt: null }])
  })

  test('is newest first, and five pages hold each delivery once', async () => {
    const ids = await owed(14)
    const shown = await pages(api.call, `${path}?limit=3`)
    expect(shown.map((page) => page.length)).toEqual([3, 3, 3, 3, 2])
    expect(shown.flatMap(idsOf)).toEqual(ids)
  })

  test('pages by offset too, and goes on by cursor from there', async () => {
    const ids = await owed(7)
    expect(nextPage(await api.call('GET', `${path}?limit=2&offset=3`))).not.toContain('offset')
    const shown = await pages(api.call, `${path}?limit=2&offset=3`)
    expect(shown.flatMap(idsOf)).toEqual(ids.slice(3))
  })

  test('shows 50 where no limit is given', async () => {
    await owed(51)
    expect((await api.call('GET', path)).body).toHaveLength(50)
  })

  test('keeps to what is asked for, on every page', async () => {
    const down = await owed(4)
    await attemptAll(api.service.store)
    const up = await owed(3, 'instance.up')
    const only = async (query: string) =>
      (await pages(api.call, `${path}?limit=2&${query}`)).flatMap(idsOf)
    expect(await only('event=instance.up')).toEqual(up)
    expect(await only('status=success')).toEqual(down)
    expect(await only('status=pending&event=instance.down')).toEqual([])
    expect(await only('since=2099-01-01')).toEqual([])
    expect(await only('since=0&until=2099-01-01T00:00:00%2B01:00')).toEqual([...up, ...down])
    expect(await only('until=1')).toEqual([])
  })

  test('holds nothing of another webhook', async () => {
    await owed(1)
    const other = await webhook()
    expect((await api.call('GET', `/api/webhooks/${other}/deliveries`)).body).toEqual([])
  })

  test.each([
    'limit=0',
    'limit=201',
    'offset=-1',
    'offset=1.5',
    'cursor=x',
    'status=lost',
    'since=yesterday',
    'until=2024-01-28T16:00:00',
    'event=%00',
  ])('is not shown for %s', async (query) => {
    const answer = await api.call('GET', `${path}?${query}`)
    expect(answer.status).toBe(400)
    expect(pointers(answer)).toEqual([`/query/${query.split('=')[0]}`])
  })

  test('names every fault of a query at once', async () => {
    const answer = await api.call('GET', `${path}?limit=0&offset=x&status=lost`)
    expect(pointers(answer)).toEqual(['/query/limit', '/query/offset', '/query/status'])
  })

  test('needs a webhook', async () => {
    expect((await api.call('GET', '/api/webhooks/nothing/deliveries')).status).toBe(404)
  })
})

describe('removing history', () => {
  const remove = (query: string) => api.call('DELETE', `${path}?${query}`)

  test('takes what is settled and older, never what is still owed', async () => {
    await owed(2)
    await attemptAll(api.service.store)
    await owed(1)
    await attemptAll(api.service.store, refused)
    const [pending] = await owed(1)
    expect((await remove('before=2001-01-01')).body).toEqual({ pruned: 0 })
    const answer = await remove('before=4000000000000')
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ pruned: 3 })
    expect(idsOf((await api.call('GET', path)).body)).toEqual([pending])
  })

  test.each(['', 'before=', 'before=soon', 'befor=2001-01-01'])(
    'needs a time: %j',
    async (query) => {
      const answer = await remove(query)
      expect(answer.status).toBe(400)
      expect(pointers(answer)).toEqual(['/query/before'])
    },
  )

  test('needs a webhook', async () => {
    const answer = await api.call('DELETE', '/api/webhooks/nothing/deliveries?before=2001-01-01')
    expect(answer.status).toBe(404)
  })
})
