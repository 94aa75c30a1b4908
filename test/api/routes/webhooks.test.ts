import { describe, expect, test } from 'vitest'
import type { Tier } from '../../../src/plugin/event.ts'
import { disableWebhook, findWebhook } from '../../../src/store/webhooks.ts'
import { useApi } from '../../support/api.ts'
import { nextPage, pages, pointers } from '../../support/api-client.ts'
import { catalog } from '../../support/service.ts'

const secret = 'whsec_abc123-and-a-secret-rest'
/** Seed 1, "Full Configuration Example". */
const full = {
  name: 'Production Critical Alerts',
  url: 'https://api.pagerduty.com/webhooks',
  secret,
  enabled: true,
  events: ['instance.down', 'instance.up', 'memory.critical', 'connection.critical'],
  headers: { 'X-Routing-Key': 'prod-database-alerts' },
  retryPolicy: {
    maxRetries: 5,
    initialDelayMs: 2000,
    backoffMultiplier: 2,
    maxDelayMs: 300_000,
  },
  deliveryConfig: { timeoutMs: 10_000, maxResponseBodyBytes: 5000 },
  alertConfig: { hysteresisFactor: 0.85 },
  thresholds: { memoryCriticalPercent: 95, connectionCriticalPercent: 90 },
}
const least = { name: 'n', url: 'https://api.example.com/x', events: ['instance.down'] }

let tier: Tier
let addresses: string[]
const { call, service, asked } = useApi(() => {
  tier = 'enterprise'
  addresses = []
  return { tier: () => tier, resolve: async () => addresses }
}, [secret])

/** A webhook as the API answers it. */
async function created(settings: object = {}): Promise<{ id: string; etag: string }> {
  const answer = await call('POST', '/api/webhooks', { body: { ...least, ...settings } })
  expect(answer.status).toBe(201)
  const { id } = answer.body as { id: string }
  return { id, etag: answer.headers.get('etag') ?? '' }
}

describe('creating', () => {
  test("seed 1's example comes back as it was sent, its secret redacted", async () => {
    const { status, body, headers } = await call('POST', '/api/webhooks', { body: full })
    expect(status).toBe(201)
    expect(body).toEqual({
      ...full,
      secret: 'whsec_abc1***',
      id: expect.any(String),
      format: 'betterdb',
      eventsPolicy: 'include',
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
    })
    const { id } = body as { id: string }
    expect(headers.get('location')).toBe(`/api/webhooks/${id}`)
    expect(headers.get('etag')).toBe('"1"')
    expect((await call('GET', `/api/webhooks/${id}`)).body).toEqual(body)
  })

  test('what is left out has its default, and optional settings stay absent', async () => {
    const { body } = await call('POST', '/api/webhooks', { body: least })
    expect(body).toEqual({
      ...least,
      id: expect.any(String),
      secret: expect.stringMatching(/^whsec_.{4}\*\*\*$/),
      enabled: true,
      headers: {},
      retryPolicy: {
        maxRetries: 3,
        initialDelayMs: 1000,
        backoffMultiplier: 2,
        maxDelayMs: 60_000,
      },
      format: 'betterdb',
      eventsPolicy: 'include',
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
    })
  })

  test('only the keys given are kept of deliveryConfig, alertConfig and thresholds', async () => {
    const given = { deliveryConfig: { timeoutMs: 5000 }, thresholds: { slowlogCount: 7 } }
    const { body } = await call('POST', '/api/webhooks', { body: { ...least, ...given } })
    expect(body).toMatchObject(given)
    expect(body).not.toHaveProperty('alertConfig')
    expect(body).not.toHaveProperty('deliveryConfig.maxResponseBodyBytes')
  })

  test('the further settings come back as they were sent', async () => {
    const given = {
      eventsPolicy: 'exclude',
      level: 'warning',
      instances: { team: 'payments' },
      retryPolicy: {
        maxRetries: 0,
        initialDelayMs: 100,
        backoffMultiplier: 1.5,
        maxDelayMs: 100,
        schedule: [30_000, 300_000],
      },
    }
    expect(
      (await call('POST', '/api/webhooks', { body: { ...least, ...given } })).body,
    ).toMatchObject(given)
    const ids = { instances: ['a', 'b'] }
    expect(
      (await call('POST', '/api/webhooks', { body: { ...least, ...ids } })).body,
    ).toMatchObject(ids)
  })

  const ranges: [path: string, least: number, most: number][] = [
    ['retryPolicy/maxRetries', 0, 20],
    ['retryPolicy/initialDelayMs', 100, 3_600_000],
    ['retryPolicy/backoffMultiplier', 1, 10],
    ['retryPolicy/maxDelayMs', 100, 86_400_000],
    ['deliveryConfig/timeoutMs', 1000, 120_000],
    ['deliveryConfig/maxResponseBodyBytes', 1000, 100_000],
    ['alertConfig/hysteresisFactor', 0.5, 0.99],
    ...[...catalog.thresholds].map(([key, { threshold }]): [string, number, number] => [
      `thresholds/${key}`,
      threshold?.min ?? 0,
      threshold?.max ?? Number.MAX_SAFE_INTEGER,
    ]),
  ]
  test.each(ranges)('%s is %d to %d', async (path, least_, most) => {
    const [group = '', key = ''] = path.split('/')
    const send = (value: number) =>
      call('POST', '/api/webhooks', { body: { ...least, [group]: { [key]: value } } })
    const step = key === 'hysteresisFactor' || key === 'backoffMultiplier' ? 0.01 : 1
    for (const value of [least_, most]) expect((await send(value)).status).toBe(201)
    for (const value of [least_ - step, most + step]) {
      const answer = await send(value)
      expect(answer.status).toBe(400)
      expect(pointers(answer)).toEqual([`/${path}`])
    }
  })

  test("every threshold of seed 1's table is known", async () => {
    const keys = [
      'memoryCriticalPercent',
      'connectionCriticalPercent',
      'complianceMemoryPercent',
      'slowlogCount',
      'replicationLagSeconds',
      'latencySpikeMs',
      'connectionSpikeCount',
    ]
    const thresholds = Object.fromEntries(keys.map((key) => [key, 50]))
    const { body } = await call('POST', '/api/webhooks', { body: { ...least, thresholds } })
    expect(body).toMatchObject({ thresholds })
  })

  test('every fault is named at once, by pointers into the body', async () => {
    const answer = await call('POST', '/api/webhooks', {
      body: {
        url: 'ftp://example.com',
        events: ['instance.down', 'no.such'],
        headers: { Host: 'x', 'X-Webhook-Signature': 'x', 'a/b~c': 'x' },
        retryPolicy: { maxRetries: 21, tries: 1 },
        thresholds: { memoryCriticalPercent: 101 },
        webhookName: 'n',
      },
    })
    expect(answer.status).toBe(400)
    expect(pointers(answer).sort()).toEqual([
      '/events/1',
      '/headers/Host',
      '/headers/X-Webhook-Signature',
      '/headers/a~1b~0c',
      '/name',
      '/retryPolicy/maxRetries',
      '/retryPolicy/tries',
      '/thresholds/memoryCriticalPercent',
      '/url',
      '/webhookName',
    ])
    expect(answer.body).toMatchObject({ type: '/problems/validation', title: 'Invalid request' })
  })

  test('a body that is no object is one fault of the whole', async () => {
    for (const body of ['[]', '"text"', '7', 'null'])
      expect(pointers(await call('POST', '/api/webhooks', { body }))).toEqual([''])
  })

  test('a host that resolves to a private address is refused, naming it and the way out', async () => {
    addresses = ['93.184.216.34', '10.1.2.3']
    const answer = await call('POST', '/api/webhooks', { body: least })
    expect(pointers(answer)).toEqual(['/url'])
    expect(answer.text).toContain('api.example.com resolves to 10.1.2.3')
    expect(answer.text).toContain('ALLOW_TARGETS=10.1.2.3/32')
    addresses = ['93.184.216.34']
    await created()
  })

  test('events that the licence locks are refused, each named with the tier it needs', async () => {
    tier = 'community'
    const events = ['instance.down', 'slowlog.threshold', 'config.changed']
    const answer = await call('POST', '/api/webhooks', { body: { ...least, events } })
    expect(answer.status).toBe(403)
    expect(answer.body).toMatchObject({
      type: '/problems/locked-events',
      detail: expect.stringMatching(
        /slowlog\.threshold needs pro.*config\.changed needs enterprise/,
      ),
      lockedEvents: [
        { event: 'slowlog.threshold', tier: 'pro' },
        { event: 'config.changed', tier: 'enterprise' },
      ],
    })
  })

  test('a fault of the input goes before the licence', async () => {
    tier = 'community'
    const answer = await call('POST', '/api/webhooks', {
      body: { ...least, events: ['config.changed', 'no.such'] },
    })
    expect(answer.status).toBe(400)
  })

  test('leaving out a locked event is no subscription to it, and operational events are free', async () => {
    tier = 'community'
    await created({ events: ['config.changed'], eventsPolicy: 'exclude' })
    await created({ events: ['alert.resolved'] })
  })
})

describe('reading', () => {
  test.each(['018d4f9c-2f00-7000-8000-000000000000', 'no-uuid', '%00', 'a%2Fb'])(
    'there is no webhook %s',
    async (id) => {
      for (const method of ['GET', 'DELETE'])
        expect((await call(method, `/api/webhooks/${id}`)).status).toBe(404)
      for (const method of ['PUT', 'PATCH'])
        expect((await call(method, `/api/webhooks/${id}`, { body: {} })).status).toBe(404)
    },
  )

  test('the list is newest first, and five pages hold each webhook once', async () => {
    const ids: string[] = []
    for (let n = 0; n < 14; n++) ids.unshift((await created({ name: `n${n}` })).id)
    const shown = await pages(call, '/api/webhooks?limit=3')
    expect(shown.map((page) => page.length)).toEqual([3, 3, 3, 3, 2])
    expect(shown.flat().map((webhook) => (webhook as { id: string }).id)).toEqual(ids)
  })

  test('a full last page has no next one', async () => {
    await created()
    await created()
    expect(nextPage(await call('GET', '/api/webhooks?limit=2'))).toBeUndefined()
    expect(nextPage(await call('GET', '/api/webhooks?limit=1'))).toMatch(
      /^\/api\/webhooks\?limit=1&cursor=/,
    )
  })

  test.each(['limit=0', 'limit=1001', 'limit=1.5', 'limit=x', 'limit=1&limit=2', 'cursor=x'])(
    'a list asked with %s is refused',
    async (query) => {
      const answer = await call('GET', `/api/webhooks?${query}`)
      expect(answer.status).toBe(400)
      expect(pointers(answer)).toEqual([`/query/${query.split('=')[0]}`])
    },
  )

  test('a span may be written with its unit, and is answered in milliseconds', async () => {
    const { id } = await created({ discardAfter: '5m', maxInFlight: 2 })
    expect((await call('GET', `/api/webhooks/${id}`)).body).toMatchObject({
      discardAfter: 300_000,
      maxInFlight: 2,
    })
    for (const [field, value] of [
      ['discardAfter', '5 minutes'],
      ['discardAfter', 999],
      ['discardAfter', '31d'],
      ['maxInFlight', 0],
      ['maxInFlight', 257],
    ] as const) {
      const answer = await call('PATCH', `/api/webhooks/${id}`, { body: { [field]: value } })
      expect(answer.status).toBe(400)
      expect(pointers(answer)).toEqual([`/${field}`])
    }
    const cleared = await call('PATCH', `/api/webhooks/${id}`, { body: { discardAfter: null } })
    expect(cleared.body).not.toHaveProperty('discardAfter')
  })

  test('why the service switched a webhook off is shown until it is enabled again', async () => {
    const { id } = await created()
    await disableWebhook(service.store.db, id, 'It answered 410 Gone.')
    const off = { enabled: false, disabledReason: 'It answered 410 Gone.' }
    expect((await call('GET', `/api/webhooks/${id}`)).body).toMatchObject(off)
    const { body } = await call('PATCH', `/api/webhooks/${id}`, { body: { enabled: true } })
    expect(body).toMatchObject({ enabled: true })
    expect(body).not.toHaveProperty('disabledReason')
  })
})

test('who has this version already is told so instead of sent it', async () => {
  const { id, etag } = await created()
  const path = `/api/webhooks/${id}`
  for (const known of [etag, `"0", W/${etag}`, '*']) {
    const answer = await call('GET', path, { headers: { 'If-None-Match': known } })
    expect(answer).toMatchObject({ status: 304, text: '' })
    expect(answer.headers.get('etag')).toBe(etag)
  }
  await call('PATCH', path, { body: { name: 'b' } })
  const answer = await call('GET', path, { headers: { 'If-None-Match': etag } })
  expect(answer.status).toBe(200)
})

describe.each(['PUT', 'PATCH'])('changing with %s', (method) => {
  const change = (id: string, body: unknown, headers = {}) =>
    call(method, `/api/webhooks/${id}`, { body, headers })

  test('touches only the fields given, and replaces those whole', async () => {
    const before = (await call('POST', '/api/webhooks', { body: full })).body as { id: string }
    const sent = {
      name: 'Updated Name',
      enabled: false,
      events: ['instance.down'],
      retryPolicy: { maxRetries: 1 },
      deliveryConfig: { timeoutMs: 7000 },
      headers: {},
    }
    const { status, body } = await change(before.id, sent)
    expect(status).toBe(200)
    expect(body).toEqual({
      ...before,
      ...sent,
      retryPolicy: {
        maxRetries: 1,
        initialDelayMs: 1000,
        backoffMultiplier: 2,
        maxDelayMs: 60_000,
      },
      updatedAt: expect.any(Number),
    })
    expect((await call('GET', `/api/webhooks/${before.id}`)).body).toEqual(body)
  })

  test('null takes an optional setting away', async () => {
    const { id } = await created({ ...full, level: 'error', instances: ['a'] })
    const absent = ['level', 'instances', 'deliveryConfig', 'alertConfig', 'thresholds']
    const { body } = await change(id, Object.fromEntries(absent.map((name) => [name, null])))
    for (const name of absent) expect(body).not.toHaveProperty(name)
  })

  test('a whole answer can be edited and sent back: the secret stays', async () => {
    const { body: before } = await call('POST', '/api/webhooks', { body: full })
    const { id } = before as { id: string }
    const { status, body } = await change(id, { ...(before as object), name: 'edited' })
    expect(status).toBe(200)
    expect(body).toEqual({
      ...(before as object),
      name: 'edited',
      updatedAt: expect.any(Number),
    })
    expect((await call('GET', `/api/webhooks/${id}/secret`)).body).toEqual({ secret })
  })

  test('another value that looks redacted is refused, a new secret is kept', async () => {
    const { id } = await created({ secret })
    const refused = await change(id, { secret: 'whsec_zzzz***' })
    expect(refused.status).toBe(400)
    expect(pointers(refused)).toEqual(['/secret'])
    expect(refused.text).toContain('send the whole secret')
    expect((await change(id, { secret: 'a-new-secret' })).status).toBe(200)
    const shown = await call('GET', `/api/webhooks/${id}/secret`)
    expect(shown.body).toEqual({ secret: 'a-new-secret' })
  })

  test('every fault is named at once', async () => {
    const { id } = await created()
    const answer = await change(id, { name: '', url: 'x', events: [], colour: 'red' })
    expect(pointers(answer).sort()).toEqual(['/colour', '/events', '/name', '/url'])
  })

  test('the licence is asked only where events are among the fields', async () => {
    const { id } = await created({ events: ['config.changed'] })
    tier = 'community'
    expect((await change(id, { name: 'still editable' })).status).toBe(200)
    expect((await change(id, { events: ['config.changed'] })).status).toBe(403)
    expect((await change(id, { eventsPolicy: 'exclude' })).status).toBe(200)
    expect((await change(id, { eventsPolicy: 'include' })).status).toBe(403)
  })

  test('each change has a new ETag, and If-Match holds it against the stored version', async () => {
    const { id, etag } = await created()
    const answer = await change(id, { name: 'b' }, { 'If-Match': etag })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('etag')).not.toBe(etag)
    for (const stale of [etag, `W/${answer.headers.get('etag')}`, '"999"', 'nonsense'])
      expect((await change(id, { name: 'c' }, { 'If-Match': stale })).status).toBe(412)
    expect((await call('GET', `/api/webhooks/${id}`)).body).toMatchObject({ name: 'b' })
    const current = answer.headers.get('etag')
    for (const good of [`"999", ${current}`, '*'])
      expect((await change(id, {}, { 'If-Match': good })).status).toBe(200)
  })

  test('changes made side by side all last', async () => {
    const { id } = await created()
    const answers = await Promise.all([
      change(id, { name: 'renamed' }),
      change(id, { enabled: false }),
      change(id, { level: 'error' }),
      change(id, { headers: { 'X-A': 'b' } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect((await call('GET', `/api/webhooks/${id}`)).body).toMatchObject({
      name: 'renamed',
      enabled: false,
      level: 'error',
      headers: { 'X-A': 'b' },
    })
  })

  test('of two side by side on one version, one is told so', async () => {
    const { id, etag } = await created()
    const answers = await Promise.all(
      ['a', 'b'].map((name) => change(id, { name }, { 'If-Match': etag })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
  })
})

describe('deleting', () => {
  test('removes it for good', async () => {
    const { id } = await created()
    const answer = await call('DELETE', `/api/webhooks/${id}`)
    expect(answer.status).toBe(204)
    expect(answer.text).toBe('')
    expect(await findWebhook(service.store, id)).toBeUndefined()
    expect((await call('DELETE', `/api/webhooks/${id}`)).status).toBe(404)
  })

  test('holds If-Match against the stored version', async () => {
    const { id, etag } = await created()
    const remove = (match: string) =>
      call('DELETE', `/api/webhooks/${id}`, { headers: { 'If-Match': match } })
    expect((await remove('"9"')).status).toBe(412)
    expect((await remove(etag)).status).toBe(204)
    expect((await remove(etag)).status).toBe(404)
  })
})

test('nothing of all this is logged as a fault of ours', async () => {
  await call('POST', '/api/webhooks', { body: {} })
  await call('GET', '/api/webhooks/nothing')
  expect(asked.logged).toEqual([])
})
