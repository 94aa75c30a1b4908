import { describe, expect, test } from 'vitest'
import { findWebhook } from '../../../src/store/webhooks.ts'
import { useApi } from '../../support/api.ts'
import { createCall, pointers } from '../../support/api-client.ts'
import { catalog, createService } from '../../support/service.ts'

const secret = 'whsec_abc123-and-a-secret-rest'
const least = { name: 'n', url: 'https://api.example.com/x', events: ['memory.critical'], secret }

const api = useApi(() => ({}), [secret])

async function created(settings: object = {}): Promise<string> {
  const { body } = await api.call('POST', '/api/webhooks', { body: { ...least, ...settings } })
  return (body as { id: string }).id
}

describe('testing a webhook', () => {
  test('sends the first subscribed event with the real secret, and answers what came back', async () => {
    const id = await created()
    const answer = await api.call('POST', `/api/webhooks/${id}/test`)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      success: true,
      statusCode: 200,
      responseBody: 'OK',
      durationMs: 12,
    })
    expect(api.asked.tested).toEqual([
      {
        event: 'memory.critical',
        target: {
          id,
          secrets: { signing: [secret], values: {} },
          settings: expect.objectContaining({ url: least.url }),
        },
      },
    ])
  })

  test.each(['', '{}'])('takes the body %j for no wish', async (body) => {
    const id = await created()
    expect((await api.call('POST', `/api/webhooks/${id}/test`, { body })).status).toBe(200)
    expect(api.asked.tested[0]?.event).toBe('memory.critical')
  })

  test('sends the event asked for, also on a disabled webhook', async () => {
    const id = await created({ enabled: false })
    const body = { event: 'config.changed' }
    expect((await api.call('POST', `/api/webhooks/${id}/test`, { body })).status).toBe(200)
    expect(api.asked.tested[0]?.event).toBe('config.changed')
  })

  test('sends instance.down where the events are those it leaves out', async () => {
    const id = await created({ eventsPolicy: 'exclude' })
    await api.call('POST', `/api/webhooks/${id}/test`)
    expect(api.asked.tested[0]?.event).toBe('instance.down')
  })

  test('refuses an unknown event and an unknown field', async () => {
    const id = await created()
    const body = { event: 'no.such', url: 'https://x.example.com' }
    const answer = await api.call('POST', `/api/webhooks/${id}/test`, { body })
    expect(answer.status).toBe(400)
    expect(pointers(answer).sort()).toEqual(['/event', '/url'])
    expect(api.asked.tested).toEqual([])
  })

  test('answers 200 with the reason where nothing came back', async () => {
    const failing = await createService(api.database, {
      test: async () => ({ success: false, error: 'Connection refused', durationMs: 1.5 }),
      store: api.service.store,
    })
    const id = await created()
    const answer = await createCall(failing.service)('POST', `/api/webhooks/${id}/test`)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ success: false, error: 'Connection refused', durationMs: 1.5 })
  })

  test('needs a webhook', async () => {
    expect((await api.call('POST', '/api/webhooks/nothing/test')).status).toBe(404)
  })
})

describe('testing a webhook that is not saved', () => {
  test('sends with the settings given and saves nothing', async () => {
    const body = { ...least, event: 'instance.up', headers: { 'X-A': 'b' } }
    expect((await api.call('POST', '/api/webhooks/test', { body })).status).toBe(200)
    expect(api.asked.tested).toEqual([
      {
        event: 'instance.up',
        target: {
          secrets: { signing: [secret], values: {} },
          settings: expect.objectContaining({ url: least.url, headers: { 'X-A': 'b' } }),
        },
      },
    ])
    expect((await api.call('GET', '/api/webhooks')).body).toEqual([])
  })

  test('generates a secret where none is given', async () => {
    const { secret: _, ...body } = least
    await api.call('POST', '/api/webhooks/test', { body })
    expect(api.asked.tested[0]?.target.secrets.signing[0]).toMatch(/^whsec_/)
  })

  test('judges the settings as for a saved one', async () => {
    const answer = await api.call('POST', '/api/webhooks/test', { body: { url: 'x', event: 'y' } })
    expect(pointers(answer).sort()).toEqual(['/event', '/events', '/name', '/url'])
  })
})

describe('the secret', () => {
  test('is shown whole on its own route, which no cache may keep', async () => {
    const id = await created()
    const answer = await api.call('GET', `/api/webhooks/${id}/secret`)
    expect(answer.body).toEqual({ secret })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect((await api.call('GET', '/api/webhooks/nothing/secret')).status).toBe(404)
  })

  test('is encrypted where it is kept', async () => {
    const webhook = await findWebhook(api.service.store, await created())
    expect(JSON.stringify(webhook)).not.toContain(secret)
  })

  test('is replaced by a generated one, the old one staying beside it for a day', async () => {
    const id = await created()
    const before = Date.now()
    const { status, body } = await api.call('POST', `/api/webhooks/${id}/rotate-secret`)
    expect(status).toBe(200)
    expect(body).toEqual({ secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) })
    expect((await api.call('GET', `/api/webhooks/${id}/secret`)).body).toEqual(body)
    const webhook = await findWebhook(api.service.store, id)
    expect(await api.service.store.vault.open(webhook?.sealedPreviousSecret ?? '')).toBe(secret)
    const day = 86_400_000
    expect(webhook?.previousSecretUntil?.getTime()).toBeGreaterThan(before + day - 60_000)
    expect(webhook?.previousSecretUntil?.getTime()).toBeLessThan(before + day + 60_000)
  })

  test('is replaced by the one given, at once where no overlap is wished', async () => {
    const id = await created()
    const body = { secret: 'chosen', overlapHours: 0 }
    const answer = await api.call('POST', `/api/webhooks/${id}/rotate-secret`, { body })
    expect(answer.body).toEqual({ secret: 'chosen' })
    expect((await findWebhook(api.service.store, id))?.sealedPreviousSecret).toBeNull()
  })

  test('changes the version, so that no change made to the old one is lost', async () => {
    const id = await created()
    await api.call('POST', `/api/webhooks/${id}/rotate-secret`)
    const headers = { 'If-Match': '"1"' }
    expect((await api.call('PATCH', `/api/webhooks/${id}`, { body: {}, headers })).status).toBe(412)
  })

  test.each([
    [{ secret: '' }, '/secret'],
    [{ secret: 'whsec_abc1***' }, '/secret'],
    [{ secret: 'x'.repeat(513) }, '/secret'],
    [{ overlapHours: -1 }, '/overlapHours'],
    [{ overlapHours: 721 }, '/overlapHours'],
    [{ hours: 1 }, '/hours'],
  ])('is not replaced by %j', async (body, pointer) => {
    const id = await created()
    const answer = await api.call('POST', `/api/webhooks/${id}/rotate-secret`, { body })
    expect(answer.status).toBe(400)
    expect(pointers(answer)).toEqual([pointer])
    expect((await api.call('GET', `/api/webhooks/${id}/secret`)).body).toEqual({ secret })
  })

  test('can only be replaced where there is a webhook', async () => {
    expect((await api.call('POST', '/api/webhooks/nothing/rotate-secret')).status).toBe(404)
  })
})

test('every event type can be shown', async () => {
  const id = await created()
  for (const event of catalog.events.keys())
    expect((await api.call('POST', `/api/webhooks/${id}/test`, { body: { event } })).status).toBe(
      200,
    )
  expect(api.asked.tested.map(({ event }) => event)).toEqual([...catalog.events.keys()])
})
