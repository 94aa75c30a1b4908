import { beforeEach, describe, expect, test } from 'vitest'
import { useApi } from '../../support/api.ts'
import { pointers } from '../../support/api-client.ts'
import { attemptAll, happen, refused } from '../../support/history.ts'

let webhookId: string

const api = useApi()
beforeEach(async () => {
  const body = { name: 'n', url: 'https://api.example.com', events: ['instance.down'] }
  webhookId = ((await api.call('POST', '/api/webhooks', { body })).body as { id: string }).id
})

async function owed(): Promise<string> {
  const { deliveryIds } = await happen(api.service.store, [webhookId])
  return deliveryIds[0] ?? ''
}

const disable = () => api.call('PATCH', `/api/webhooks/${webhookId}`, { body: { enabled: false } })
const status = async (id: string) =>
  ((await api.call('GET', `/api/webhooks/deliveries/${id}`)).body as { status: string }).status

describe('one delivery', () => {
  test('is shown with every attempt, the same body in each', async () => {
    const id = await owed()
    await attemptAll(api.service.store, { ...refused, status: 'retrying', retryInMs: 0 })
    await attemptAll(api.service.store)
    const answer = await api.call('GET', `/api/webhooks/deliveries/${id}`)
    const request = {
      headers: { 'Content-Type': 'application/json', Authorization: '***' },
      body: '{"event":"instance.down"}',
    }
    expect(answer.status).toBe(200)
    expect((await api.call('GET', `/api/deliveries/${id}`)).text).toBe(answer.text)
    expect(answer.body).toEqual({
      id,
      webhookId,
      eventId: expect.any(String),
      eventType: 'instance.down',
      status: 'success',
      statusCode: 200,
      responseBody: 'OK',
      attempts: 2,
      durationMs: 145,
      nextRetryAt: null,
      createdAt: expect.any(Number),
      completedAt: expect.any(Number),
      error: null,
      attemptHistory: [
        {
          number: 1,
          startedAt: 1_706_457_600_500,
          durationMs: 145,
          request,
          response: null,
          errorClass: 'refused',
          error: 'Connection refused',
        },
        {
          number: 2,
          startedAt: 1_706_457_600_500,
          durationMs: 145,
          request,
          response: { statusCode: 200, headers: { 'content-type': 'text/plain' }, body: 'OK' },
          errorClass: null,
          error: null,
        },
      ],
    })
  })

  test('has null for all that is not known yet', async () => {
    const id = await owed()
    expect((await api.call('GET', `/api/webhooks/deliveries/${id}`)).body).toMatchObject({
      status: 'pending',
      statusCode: null,
      responseBody: null,
      attempts: 0,
      durationMs: null,
      nextRetryAt: null,
      completedAt: null,
      error: null,
      attemptHistory: [],
    })
  })

  test('has no request where none could be made', async () => {
    const id = await owed()
    await attemptAll(api.service.store, { ...refused, requestHeaders: null })
    const { body } = await api.call('GET', `/api/webhooks/deliveries/${id}`)
    expect(body).toHaveProperty('attemptHistory.0.request', null)
  })

  test.each(['018d4f9c-2f00-7000-8000-000000000000', 'del-550e8400', '%00'])(
    'does not exist as %s',
    async (id) => {
      expect((await api.call('GET', `/api/webhooks/deliveries/${id}`)).status).toBe(404)
      expect((await api.call('POST', `/api/webhooks/deliveries/${id}/retry`)).status).toBe(404)
    },
  )
})

describe('retrying a delivery', () => {
  test.each(['dead_letter', 'failed'] as const)('queues one that is %s', async (state) => {
    const id = await owed()
    await attemptAll(api.service.store, { ...refused, status: state })
    const answer = await api.call('POST', `/api/webhooks/deliveries/${id}/retry`)
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({ message: 'Retry queued' })
    expect(await status(id)).toBe('retrying')
    expect(api.asked.drains).toBe(1)
  })

  test('is a conflict where it was delivered', async () => {
    const id = await owed()
    await attemptAll(api.service.store)
    const answer = await api.call('POST', `/api/webhooks/deliveries/${id}/retry`)
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('delivered already') })
    expect(api.asked.drains).toBe(0)
  })

  test('is a conflict where it is queued already', async () => {
    const id = await owed()
    expect((await api.call('POST', `/api/webhooks/deliveries/${id}/retry`)).status).toBe(409)
    await attemptAll(api.service.store, { ...refused, status: 'retrying', retryInMs: 60_000 })
    const answer = await api.call('POST', `/api/webhooks/deliveries/${id}/retry`)
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('queued already') })
  })

  test('is a conflict where the webhook is disabled, and says what to do', async () => {
    const id = await owed()
    await attemptAll(api.service.store, refused)
    await disable()
    const answer = await api.call('POST', `/api/webhooks/deliveries/${id}/retry`)
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('enable it first') })
    expect(await status(id)).toBe('dead_letter')
  })
})

describe('retrying all of a webhook', () => {
  const retry = (body?: unknown) => api.call('POST', `/api/webhooks/${webhookId}/retry`, { body })

  beforeEach(async () => {
    await owed()
    await attemptAll(api.service.store, refused)
    await owed()
    await attemptAll(api.service.store, { ...refused, status: 'failed' })
    await owed()
    await attemptAll(api.service.store)
  })

  test('queues what was given up, and nothing else', async () => {
    const answer = await retry()
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({ count: 2 })
    expect(api.asked.drains).toBe(1)
    expect((await retry()).body).toEqual({ count: 0 })
    expect(api.asked.drains).toBe(1)
  })

  test('only counts where that is all that was asked', async () => {
    expect((await retry({ dryRun: true })).body).toEqual({ count: 2 })
    expect(api.asked.drains).toBe(0)
    expect((await retry({ status: 'failed' })).body).toEqual({ count: 1 })
    expect((await retry({ dryRun: true })).body).toEqual({ count: 1 })
  })

  test('keeps to the time asked for, as a number or as text', async () => {
    for (const since of [4_000_000_000_000, '2099-01-01T00:00:00Z'])
      expect((await retry({ since, dryRun: true })).body).toEqual({ count: 0 })
    for (const until of [4_000_000_000_000, '2099-01-01T00:00:00+02:00'])
      expect((await retry({ until, dryRun: true })).body).toEqual({ count: 2 })
  })

  test('is a conflict where the webhook is disabled, but counts all the same', async () => {
    await disable()
    expect((await retry()).status).toBe(409)
    expect((await retry({ dryRun: true })).body).toEqual({ count: 2 })
  })

  test('names every fault', async () => {
    const answer = await retry({
      status: 'success',
      since: 'then',
      until: -1,
      dryRun: 1,
      all: true,
    })
    expect(pointers(answer).sort()).toEqual(['/all', '/dryRun', '/since', '/status', '/until'])
  })

  test('needs a webhook', async () => {
    expect((await api.call('POST', '/api/webhooks/nothing/retry')).status).toBe(404)
  })
})
