import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { insertInstance } from '../../../src/store/instances.ts'
import { useApi } from '../../support/api.ts'
import { createCall, pages, pointers } from '../../support/api-client.ts'
import { happen } from '../../support/history.ts'
import { catalog, createService } from '../../support/service.ts'

const api = useApi()

const down = { type: 'instance.down', data: { reason: 'Connection refused' } }
const memory = {
  type: 'memory.critical',
  data: { metric: 'memory_used_percent', value: 92.5, maxmemory: 100, usedMemory: 92 },
}
const publish = (body: unknown, headers = {}) => api.call('POST', '/api/events', { body, headers })

describe('publishing', () => {
  test('takes one event', async () => {
    const answer = await publish(down)
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({
      accepted: 1,
      events: [{ id: expect.any(String), deliveries: 0 }],
    })
    expect(api.asked.published).toEqual([
      {
        key: undefined,
        events: [
          {
            event: catalog.events.get('instance.down'),
            data: down.data,
            subject: '',
            instance: undefined,
          },
        ],
      },
    ])
  })

  test('takes a list, in its order', async () => {
    const answer = await publish([down, { ...memory, subject: 's', instance: 'an-id' }])
    expect(answer.body).toMatchObject({ accepted: 2 })
    const [{ events } = { events: [] }] = api.asked.published
    expect(events.map(({ event }) => event.declaration.type)).toEqual([down.type, memory.type])
    expect(events[1]).toMatchObject({ subject: 's', instance: 'an-id', data: memory.data })
  })

  test('takes an address, the host in lower case as it is kept', async () => {
    await publish({ ...down, instance: { host: 'Valkey.EXAMPLE.com', port: 6379 } })
    expect(api.asked.published[0]?.events[0]?.instance).toEqual({
      host: 'valkey.example.com',
      port: 6379,
    })
  })

  test('takes the data of a payload, without what the service writes itself', async () => {
    await publish({ ...memory, data: { ...memory.data, message: 'old', threshold: 1 } })
    expect(api.asked.published[0]?.events[0]?.data).toEqual(memory.data)
  })

  test.each([...catalog.events.values()].filter(({ operational }) => !operational))(
    'takes the example of $declaration.type',
    async ({ declaration: { type, example } }) => {
      expect((await publish({ type, data: example })).status).toBe(202)
    },
  )

  test('keeps a threshold that is plain data', async () => {
    const anomaly = catalog.events.get('anomaly.detected')?.declaration
    await publish({ type: anomaly?.type, data: anomaly?.example })
    expect(api.asked.published[0]?.events[0]?.data).toHaveProperty('threshold', 3)
  })

  test('names every fault of one event', async () => {
    const answer = await publish({
      ...memory,
      data: { ...memory.data, value: 'much', usedMemory: -1, colour: 'red' },
      instance: { host: '', port: 0 },
      subject: 7,
      severity: 'critical',
    })
    expect(answer.status).toBe(400)
    expect(pointers(answer).sort()).toEqual([
      '/data/colour',
      '/data/usedMemory',
      '/data/value',
      '/instance/host',
      '/instance/port',
      '/severity',
      '/subject',
    ])
    expect(api.asked.published).toEqual([])
  })

  test('names every fault of a list by its place', async () => {
    const answer = await publish([
      down,
      { type: 'no.such', data: {} },
      { ...memory, data: { ...memory.data, value: null } },
      7,
      { type: 'alert.resolved', data: {} },
      { type: 'instance.down' },
    ])
    expect(pointers(answer).sort()).toEqual([
      '/1/type',
      '/2/data/value',
      '/3',
      '/4/type',
      '/5/data',
    ])
    expect(api.asked.published).toEqual([])
  })

  test('refuses events that only the service itself can tell', async () => {
    const { declaration } = catalog.events.get('alert.resolved') ?? {}
    const answer = await publish({ type: 'alert.resolved', data: declaration?.example })
    expect(pointers(answer)).toEqual(['/type'])
    expect(answer.text).toContain('cannot be published')
  })

  test.each([
    ['null', ['']],
    ['"text"', ['']],
    ['[]', ['']],
    ['{}', ['/data', '/type']],
  ])('refuses the body %s', async (body, faults) => {
    expect(pointers(await publish(body)).sort()).toEqual(faults)
  })

  test('takes 1000 events at once and no more', async () => {
    expect((await publish(Array(1000).fill(down))).body).toMatchObject({ accepted: 1000 })
    expect(pointers(await publish(Array(1001).fill(down)))).toEqual([''])
  })

  test('refuses an unknown instance, naming its place', async () => {
    const made = await createService(api.database, {
      publish: async (events) => ({
        ok: false,
        reason: 'unknown_instance',
        index: events.length - 1,
      }),
    })
    const call = createCall(made.service)
    const one = await call('POST', '/api/events', { body: { ...down, instance: 'x' } })
    expect(one.status).toBe(400)
    expect(pointers(one)).toEqual(['/instance'])
    const many = await call('POST', '/api/events', { body: [down, { ...down, instance: 'x' }] })
    expect(pointers(many)).toEqual(['/1/instance'])
  })
})

test('what would be turned away is not read', async () => {
  const lengths: number[] = []
  const isFull = (bytes: number) => lengths.push(bytes) > 0
  const { service } = await createService(api.database, { isFull })
  const headers = { 'Content-Length': '9' }
  const answer = await createCall(service)('POST', '/api/events', {
    body: 'no JSON at all',
    headers,
  })
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(lengths).toEqual([9])
})

test('the trace a request belongs to goes with its events', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await publish(down, { traceparent, tracestate: 'a=b' })
  await publish(down, { traceparent: 'none' })
  expect(api.asked.published.map(({ events }) => events[0]?.trace)).toEqual([
    `${traceparent} a=b`,
    undefined,
  ])
})

describe('an Idempotency-Key', () => {
  test('is handed on with the digest of the body as it was sent', async () => {
    const body = `{ "type": "instance.down",\n "data": {"reason": "ü"} }`
    expect((await publish(body, { 'Idempotency-Key': 'k' })).status).toBe(202)
    expect(api.asked.published[0]?.key).toEqual({
      key: 'tests:k',
      fingerprint: createHash('sha256').update(body).digest('hex'),
    })
  })

  test('that was used with another body is refused', async () => {
    const made = await createService(api.database, {
      publish: async () => ({ ok: false, reason: 'key_reused' }),
    })
    const headers = { 'Idempotency-Key': 'k' }
    const answer = await createCall(made.service)('POST', '/api/events', { body: down, headers })
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject({ type: '/problems/idempotency-key-reused' })
  })

  test('has 1 to 255 characters', async () => {
    const keyed = (key: string) => publish(down, { 'Idempotency-Key': key })
    expect((await keyed('k'.repeat(255))).status).toBe(202)
    for (const key of ['', 'k'.repeat(256)])
      expect(pointers(await keyed(key))).toEqual(['/header/Idempotency-Key'])
  })
})

describe('what happened', () => {
  test('is shown with its deliveries', async () => {
    const body = { name: 'n', url: 'https://api.example.com', events: ['instance.down'] }
    const { id } = (await api.call('POST', '/api/webhooks', { body })).body as { id: string }
    const address = { host: 'valkey.example.com', port: 6379 }
    const instance = await insertInstance(api.service.store, {
      name: 'n',
      url: 'redis://valkey.example.com',
      ...address,
      labels: {},
      enabled: true,
      pollIntervalMs: null,
    })
    const { eventId, deliveryIds } = await happen(api.service.store, [id], {
      instanceId: instance?.id ?? null,
      subject: 'replica-1',
    })
    const shown = {
      id: eventId,
      type: 'instance.down',
      severity: 'critical',
      timestamp: 1_706_457_600_000,
      instance: { id: instance?.id, ...address },
      subject: 'replica-1',
      data: { reason: 'Connection refused', message: 'down' },
      source: 'plugin',
      deliveries: [{ id: deliveryIds[0], webhookId: id, status: 'pending' }],
    }
    expect((await api.call('GET', `/api/events/${eventId}`)).body).toEqual(shown)
    expect((await api.call('GET', '/api/events')).body).toEqual([shown])
  })

  test('has no id of an instance that is not under watch, and null for none', async () => {
    await happen(api.service.store, [])
    await happen(api.service.store, [], { host: null, port: null })
    expect((await api.call('GET', '/api/events')).body).toMatchObject([
      { instance: null },
      { instance: { host: 'valkey.example.com', port: 6379 } },
    ])
  })

  test('is listed newest first, each once on five pages', async () => {
    const ids: string[] = []
    for (let n = 0; n < 14; n++) ids.unshift((await happen(api.service.store, [])).eventId)
    const shown = await pages(api.call, '/api/events?limit=3')
    expect(shown.map((page) => page.length)).toEqual([3, 3, 3, 3, 2])
    expect(shown.flat().map((event) => (event as { id: string }).id)).toEqual(ids)
  })

  test('is listed by type, instance and time', async () => {
    const instanceId = '018d4f9c-2f00-7000-8000-000000000003'
    const { eventId: a } = await happen(api.service.store, [], { type: 'instance.up' })
    const { eventId: b } = await happen(api.service.store, [], {
      instanceId,
      occurredAt: new Date('2024-02-01T00:00:00Z'),
    })
    const only = async (query: string) =>
      ((await api.call('GET', `/api/events?${query}`)).body as { id: string }[]).map(({ id }) => id)
    expect(await only('type=instance.up')).toEqual([a])
    expect(await only(`instance=${instanceId}`)).toEqual([b])
    expect(await only('instance=nothing')).toEqual([])
    expect(await only('since=2024-01-31')).toEqual([b])
    expect(await only('until=1706457600000')).toEqual([a])
  })

  test.each(['limit=0', 'limit=201', 'cursor=x', 'since=x', 'until=x', 'type=%00'])(
    'is not listed for %s',
    async (query) => {
      const answer = await api.call('GET', `/api/events?${query}`)
      expect(pointers(answer)).toEqual([`/query/${query.split('=')[0]}`])
    },
  )

  test('is not found where nothing has that id', async () => {
    for (const id of ['nothing', '018d4f9c-2f00-7000-8000-000000000000'])
      expect((await api.call('GET', `/api/events/${id}`)).status).toBe(404)
  })
})
