import fc from 'fast-check'
import type { FormatEvent, FormatInstance } from 'tocsin/plugin'
import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, it } from 'vitest'
import { betterdb } from '../../src/formats/betterdb.ts'
import { createSigner } from '../../src/rules/sign.ts'
import { verify } from '../../src/verify.ts'
import published from '../fixtures/signature-vectors.json' with { type: 'json' }
import { readSeed } from '../seed/read-seed.ts'
import { anyText } from '../support/any-text.ts'
import { conform } from './conform.ts'

const vectors = published.betterdb

/** What of an event this format shows. */
interface Shown {
  readonly id: string
  readonly type: string
  readonly timestamp: number
  readonly instance?: Pick<FormatInstance, 'host' | 'port'>
  readonly data: string
}

const instance = { host: 'valkey.example.com', port: 6379 }
const event: Shown = {
  id: '550e8400-e29b-41d4-a716-446655440000',
  type: 'instance.down',
  timestamp: 1706457600000,
  instance,
  data: '{}',
}
const context = { webhook: { id: 'the-webhook', name: 'Ops' }, config: {}, environment: 'test' }

function whole({ data, instance, ...shown }: Shown): FormatEvent {
  const { instance: _, ...rest } = formatEvent({ deliveryId: 'the-delivery', ...shown })
  return {
    ...rest,
    dataText: data,
    ...(instance && { instance: { name: 'cache', labels: {}, ...instance } }),
  }
}

const render = (shown: Shown) => betterdb.render([whole(shown)], context).body

const attempt = {
  event,
  body: render(event),
  timestamp: 1706457601000,
  secrets: ['your-secret-key'],
}

async function sign({ event, secrets, ...rest }: typeof attempt): Promise<Record<string, string>> {
  const signer = createSigner(secrets)
  const events = [whole(event)] as const
  return { ...(await betterdb.headers?.({ ...rest, events, attemptId: '', context, signer })) }
}

const texts = anyText()
const events: fc.Arbitrary<Shown> = fc.record(
  {
    id: fc.uuid(),
    type: fc.constantFrom('memory.critical', 'instance.down', 'my.own'),
    timestamp: fc.nat({ max: 8.64e15 }),
    instance: fc.record({ host: texts, port: fc.nat(65_535) }),
    data: fc.dictionary(texts, fc.jsonValue()).map((data) => JSON.stringify(data)),
  },
  { requiredKeys: ['id', 'type', 'timestamp', 'data'] },
)

describe('a payload', () => {
  it('is that of seed 1 to the byte', () => {
    expect(render(event)).toBe(JSON.stringify(readSeed().envelope))
    expect(render(event)).toBe(
      '{"id":"550e8400-e29b-41d4-a716-446655440000","event":"instance.down",' +
        '"timestamp":1706457600000,"instance":{"host":"valkey.example.com","port":6379},"data":{}}',
    )
  })

  it.each(vectors.filter(({ name }) => name !== 'unicode'))(
    'is that of the vector: $name',
    ({ payload }) => {
      const { id, event: type, timestamp, instance, data } = JSON.parse(payload)
      const rendered = render({
        id,
        type,
        timestamp,
        instance,
        data: JSON.stringify(data),
      })
      expect(rendered).toBe(payload)
    },
  )

  it('holds the data as it was written, byte for byte', () => {
    const data = '{"message":"Größe 日本語 🚨 \\"k\\" \\\\ \\u0000","ratio":1.0,"big":1e21}'
    expect(render({ ...event, data })).toBe(
      `${JSON.stringify(readSeed().envelope).slice(0, -3)}${data}}`,
    )
  })

  it('of an event that belongs to no instance has none', () => {
    const { instance: _, ...lost } = event
    expect(render(lost)).toBe(
      '{"id":"550e8400-e29b-41d4-a716-446655440000","event":"instance.down",' +
        '"timestamp":1706457600000,"data":{}}',
    )
  })

  it('holds nothing of an instance but its address', () => {
    const more = { ...instance, password: 'hidden', name: 'cache' }
    expect(render({ ...event, instance: more })).toBe(render(event))
  })

  it('is JSON with the fields of seed 1 in its order, whatever the event is', () => {
    fc.assert(
      fc.property(events, (given) => {
        const parsed = JSON.parse(render(given))
        const { id, type, timestamp, data } = given
        expect(Object.keys(parsed)).toEqual([
          'id',
          'event',
          'timestamp',
          ...(given.instance ? ['instance'] : []),
          'data',
        ])
        expect(parsed).toEqual({
          id,
          event: type,
          timestamp,
          ...(given.instance && { instance: given.instance }),
          data: JSON.parse(data),
        })
      }),
    )
  })

  it('is the same bytes for the same event, whenever it is rendered', () => {
    fc.assert(
      fc.property(events, (given) => {
        expect(render(structuredClone(given))).toBe(render(given))
      }),
    )
  })
})

describe('the headers', () => {
  it('are those of seed 1, by name, value and order', async () => {
    const { headers } = await composeRequest(betterdb, [whole(event)])
    expect(Object.entries(headers)).toEqual([
      ['Content-Type', 'application/json'],
      ['User-Agent', 'BetterDB-Monitor/1.0'],
      ['X-Webhook-Signature', expect.stringMatching(/^[0-9a-f]{64}$/)],
      ['X-Webhook-Timestamp', '1706457601000'],
      ['X-Webhook-Id', expect.any(String)],
      ['X-Webhook-Delivery-Id', 'the-delivery'],
      ['X-Webhook-Event', 'instance.down'],
    ])
  })

  it.each(vectors)('sign as the vector says: $name', async (vector) => {
    const { secret, payload: body, timestamp } = vector
    const headers = await sign({
      ...attempt,
      secrets: [secret],
      body,
      timestamp: Number(timestamp),
    })
    expect(headers['X-Webhook-Signature']).toBe(vector.signature)
    expect(headers['X-Webhook-Timestamp']).toBe(timestamp)
  })

  it('of a later attempt at the same body are signed anew, and change in nothing else', async () => {
    const first = await sign(attempt)
    const later = await sign({ ...attempt, timestamp: attempt.timestamp + 60_000 })
    const changed = Object.keys(first).filter((name) => first[name] !== later[name])
    expect(changed).toEqual(['X-Webhook-Signature', 'X-Webhook-Timestamp'])
  })

  it('let a receiver verify any event under any secret', async () => {
    const secrets = anyText({ minLength: 1 })
    const times = fc.integer({ min: 1, max: 8.64e15 })
    await fc.assert(
      fc.asyncProperty(events, secrets, times, async (given, secret, timestamp) => {
        const body = render(given)
        const headers = await sign({ ...attempt, event: given, secrets: [secret], body, timestamp })
        const checked = { headers, secret, now: timestamp }
        expect(await verify({ ...checked, body: new TextEncoder().encode(body) })).toMatchObject({
          ok: true,
          timestamp,
        })
        expect(await verify({ ...checked, body: `${body} ` })).toMatchObject({ ok: false })
      }),
    )
  })
})

describe('the format', () => {
  conform(betterdb)

  it('goes by the name betterdb', () => {
    expect(betterdb.name).toBe('betterdb')
  })
})
