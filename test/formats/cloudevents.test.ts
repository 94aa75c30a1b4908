import { CloudEvent, HTTP } from 'cloudevents'
import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { cloudevents } from '../../src/formats/cloudevents.ts'
import { verify } from '../../src/verify.ts'
import vectors from '../fixtures/cloudevents-vectors.json' with { type: 'json' }
import { conform } from './conform.ts'
import { down, secret } from './envelopes.ts'

const modes = ['structured', 'binary', 'batch'] as const
const event = formatEvent({ type: 'memory.critical' })

/** Names are lower-case on the wire of HTTP/2, and to the SDK. */
const lower = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

describe.each(modes)('%s', (mode) => {
  conform(cloudevents, {
    config: { mode },
    demands({ headers, body }) {
      if (mode === 'binary') return
      const sent: unknown = JSON.parse(body)
      for (const one of Array.isArray(sent) ? sent : [sent])
        expect(new CloudEvent(one).validate()).toBe(true)
      expect(headers['Content-Type']).toMatch(/^application\/cloudevents(-batch)?\+json/)
    },
  })

  test('is the vector, header by header and byte by byte', async () => {
    const { headers, body } = await composeRequest(cloudevents, [event], { config: { mode } })
    expect(lower(headers)).toMatchObject(vectors[mode].headers)
    const expected = vectors[mode].body
    expect(body).toBe(typeof expected === 'string' ? expected : JSON.stringify(expected))
  })

  test('is read by the public SDK as the event it is', async () => {
    const events = [event, { ...down, id: 'second' }] as const
    const { headers, body } = await composeRequest(
      cloudevents,
      mode === 'batch' ? events : [event],
      { config: { mode } },
    )
    const read = HTTP.toEvent({ headers: lower(headers), body })
    const [first, ...more] = Array.isArray(read) ? read : [read]
    expect(first).toMatchObject({
      id: event.id,
      type: 'dev.tocsin.memory.critical',
      source: 'https://tocsin.example.com/instances/valkey.example.com:6379',
      subject: 'valkey.example.com:6379',
      time: '2024-01-28T16:00:00.000Z',
      data: event.data,
    })
    expect(first && new CloudEvent(first).validate()).toBe(true)
    expect(more.map(({ id }) => id)).toEqual(mode === 'batch' ? ['second'] : [])
  })

  test('is signed as Standard Webhooks where the secret is one of those', async () => {
    const config = { mode }
    const sent = await composeRequest(cloudevents, [event], { config, secrets: [secret] })
    expect(await verify({ ...sent, secret, now: 1706457601000 })).toMatchObject({ ok: true })
    const plain = await composeRequest(cloudevents, [event], { config, secrets: ['my secret'] })
    expect(plain.headers).not.toHaveProperty('webhook-signature')
  })
})

test.each(vectors.headerEncoding.filter(({ value }) => value !== ''))(
  'a header value is percent-encoded: $value',
  async ({ value, header }) => {
    const { headers } = await composeRequest(
      cloudevents,
      [{ ...event, instance: { host: value, port: 1, name: '', labels: {} } }],
      { config: { mode: 'binary' } },
    )
    expect(headers['ce-subject']).toBe(`${header}:1`)
  },
)

test('source and type are what the webhook says', async () => {
  const { body } = await composeRequest(cloudevents, [event], {
    config: { source: 'urn:valkey:eu', typePrefix: 'com.example.' },
  })
  expect(JSON.parse(body)).toMatchObject({
    source: 'urn:valkey:eu',
    type: 'com.example.memory.critical',
  })
})

test('a receiver that does not take the mode is not asked again', () => {
  const judge = (status: number) =>
    cloudevents.judge?.({ status, body: '', header: () => undefined })?.verdict
  expect([judge(415), judge(202), judge(429)]).toEqual(['rejected', undefined, undefined])
})

test('without pages to link to the source is a path', async () => {
  const { body } = await composeRequest(cloudevents, [event], { publicUrl: null })
  expect(JSON.parse(body).source).toBe('/instances/valkey.example.com:6379')
})

describe('consent', () => {
  const context = (origin: string | undefined, requestRate?: number) => ({
    webhook: { id: 'w', name: 'w' },
    config: { mode: 'structured' as const, typePrefix: '', origin, requestRate },
    environment: 'test',
  })

  test.each(vectors.handshake)('as in the vector $#', ({ request, response, granted, ...rate }) => {
    const { 'webhook-request-origin': origin, 'webhook-request-rate': asked } = lower(
      request.headers,
    )
    const consent = cloudevents.consent?.(context(origin, asked ? Number(asked) : undefined))
    expect(lower(consent?.headers ?? {})).toEqual(request.headers)
    const headers: Readonly<Record<string, string | undefined>> = response.headers
    const verdict = consent?.judge({
      status: response.status ?? 200,
      header: (name) => headers[name.toLowerCase()],
    })
    expect(verdict?.granted).toBe(granted)
    if (verdict?.granted) expect(verdict.perMinute ?? null).toBe(rate.ratePerMinute)
  })

  test('is asked only of whom the webhook says, and named in every request', async () => {
    expect(cloudevents.consent?.(context(undefined))).toBeUndefined()
    const config = { origin: 'tocsin.example.com' }
    const { headers } = await composeRequest(cloudevents, [event], { config })
    expect(headers['WebHook-Request-Origin']).toBe('tocsin.example.com')
    for (const origin of ['https://a.example', 'a b', '-a.example', 'ä.example'])
      expect(cloudevents.config?.safeParse({ origin }).success).toBe(false)
  })
})
