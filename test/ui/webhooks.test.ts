import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { builtInFormats } from '../../src/formats/index.ts'
import { useSite } from '../support/site.ts'

const tiers = { tier: 'community' as 'community' | 'enterprise' }
const site = useSite(() => ({ tier: () => tiers.tier }))
const form = {
  name: 'Ops',
  url: 'http://127.0.0.1:9/hook',
  events: ['instance.down', 'memory.critical'],
  enabled: 'on',
  'threshold.memoryCriticalPercent': '85',
}
const webhookShape = z.looseObject({ id: z.string(), secret: z.string(), enabled: z.boolean() })

async function create(changes: Readonly<Record<string, string | string[]>> = {}) {
  const { headers, status, text } = await site.post('/webhooks/new', { ...form, ...changes })
  expect(status, text).toBe(303)
  return (headers.get('location') ?? '').split('/').at(-1) ?? ''
}

async function stored(id: string) {
  return webhookShape.parse(await (await site.api('GET', `/api/webhooks/${id}`)).json())
}

async function secretOf(id: string) {
  return z
    .object({ secret: z.string() })
    .parse(await (await site.api('GET', `/api/webhooks/${id}/secret`)).json()).secret
}

describe('a webhook is created with a form alone', () => {
  test('and is what the API would have made of it', async () => {
    const id = await create({
      headers: 'X-Team: payments\nX-Other: a:b',
      instances: 'team=payments',
      schedule: '1000, 2000',
      discardAfter: '2h',
    })
    expect(await stored(id)).toMatchObject({
      name: 'Ops',
      events: form.events,
      thresholds: { memoryCriticalPercent: 85 },
      headers: { 'X-Team': 'payments', 'X-Other': 'a:b' },
      instances: { team: 'payments' },
      retryPolicy: { maxRetries: 3, schedule: [1000, 2000] },
      discardAfter: 7_200_000,
    })
    expect((await site.get(`/webhooks/${id}`)).text).toContain('fires at 85 %, clears at 76.5 %')
  })

  test('every fault is told at its field, and nothing written is lost', async () => {
    const { status, html, text } = await site.post('/webhooks/new', {
      ...form,
      url: 'ftp://x',
      maxRetries: 'many',
      'threshold.memoryCriticalPercent': '101',
    })
    expect(status).toBe(422)
    expect(text).toContain('3 things are wrong')
    expect(html).toContain('value="ftp://x"')
    expect(html).toContain('value="many"')
    expect(html.match(/aria-invalid="true"/g)).toHaveLength(3)
    for (const id of ['f-url', 'f-maxRetries', 'f-threshold-memoryCriticalPercent'])
      expect(html).toMatch(new RegExp(`href="#${id}".* id="${id}"`))
    expect(await (await site.api('GET', '/api/webhooks')).json()).toEqual([])
  })

  test('in every format, whose own fields are drawn from what it asks for', async () => {
    for (const { name, config } of builtInFormats) {
      const { status, html } = await site.post('/webhooks/new', { ...form, format: name })
      const asks = config !== undefined && !config.safeParse({}).success
      expect([name, status]).toEqual([name, asks ? 422 : 303])
      for (const key of asks ? Object.keys(config.shape) : [])
        expect(html).toContain(`name="config.${key}"`)
    }
    const routingKey = 'R'.repeat(32)
    const id = await create({ format: 'pagerduty', 'config.routingKey': routingKey })
    const { status, html } = await site.get(`/webhooks/${id}/edit`)
    expect(status).toBe(200)
    expect(html).toContain('value="RRRR***"')
    expect(html).not.toContain(routingKey)
  })

  test('events of a higher tier are locked, and refused if sent all the same', async () => {
    expect((await site.get('/webhooks/new')).text).toMatch(/acl\.modified needs enterprise/)
    const answer = await site.post('/webhooks/new', { ...form, events: ['acl.modified'] })
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('acl.modified needs enterprise')
  })

  test('it can be tested before it is saved', async () => {
    const { status, text, html } = await site.post('/webhooks/new', { ...form, action: 'test' })
    expect(status).toBe(200)
    expect(text).toContain('The test arrived')
    expect(html).toContain('value="Ops"')
    expect(site.asked.tested).toMatchObject([{ event: 'instance.down' }])
    expect(await (await site.api('GET', '/api/webhooks')).json()).toEqual([])
  })
})

describe('while it is written', () => {
  test('the server says what is wrong, but not with what nobody has come to', async () => {
    const { html, text } = await site.post('/webhooks/check', {
      ...form,
      name: '',
      url: 'https://169.254.169.254/x',
      hysteresisFactor: '0.8',
      maxRetries: '1',
    })
    expect(html).toMatch(/id="f-url-fault"[^>]*>[^<]*169\.254\.169\.254/)
    expect(html).toMatch(/id="f-name-fault"[^>]*><\/p>/)
    expect(text).toContain('Fires at 85 % or more, clears below 68 %.')
    expect(text).toContain('2 attempts')
  })

  test('a URL of a known service is met with its format', async () => {
    const url = 'https://hooks.slack.com/services/T/B/x'
    const { text } = await site.post('/webhooks/check', { ...form, url })
    expect(text).toContain('one of Slack')
  })
})

describe('a webhook is changed', () => {
  test('and keeps its secret, and what others have set', async () => {
    const id = await create()
    const secret = await secretOf(id)
    const { html } = await site.get(`/webhooks/${id}/edit`)
    const [, version = ''] = /name="version" value="(\d+)"/.exec(html) ?? []
    const sent = { ...form, name: 'Renamed', version }
    expect((await site.post(`/webhooks/${id}/edit`, sent)).status).toBe(303)
    expect(await stored(id)).toMatchObject({
      name: 'Renamed',
      thresholds: { memoryCriticalPercent: 85 },
    })
    expect(await secretOf(id)).toBe(secret)
    const late = await site.post(`/webhooks/${id}/edit`, { ...sent, name: 'Late' })
    expect(late.status).toBe(422)
    expect(late.text).toContain('Somebody else has changed this webhook')
  })

  test('and tested before that is saved, with the secret and headers it has', async () => {
    const id = await create({ headers: 'X-Api-Key: top-secret-value' })
    const secret = await secretOf(id)
    const { html } = await site.get(`/webhooks/${id}/edit`)
    const [, headers = ''] = /<textarea id="f-headers"[^>]*>([^<]*)</.exec(html) ?? []
    expect(headers).not.toContain('top-secret-value')
    const url = 'http://127.0.0.1:9/other'
    const tried = { ...form, headers, url, action: 'test' }
    const { status, text } = await site.post(`/webhooks/${id}/edit`, tried)
    expect([status, text.includes('The test arrived')]).toEqual([200, true])
    expect(site.asked.tested.at(-1)?.target).toMatchObject({
      settings: { url },
      secrets: { signing: [secret], values: { 'headers.x-api-key': 'top-secret-value' } },
    })
    expect(await stored(id)).toMatchObject({ url: form.url })
    const wrong = await site.post(`/webhooks/${id}/edit`, { ...tried, url: 'ftp://x' })
    expect(wrong.status).toBe(422)
    expect(wrong.html).toMatch(/id="f-url-fault"[^>]*>[^<]+/)
  })

  test('what happened is counted, and sent once more', async () => {
    const id = await create()
    expect((await site.get(`/webhooks/${id}/replay`)).text).not.toContain('would be sent again')
    const counted = await site.get(`/webhooks/${id}/replay?time=24h&event=instance.down`)
    expect(counted.text).toContain('2 events would be sent again. Nothing has happened yet.')
    const [, since = ''] = /name="since" value="(\d+)"/.exec(counted.html) ?? []
    const sent = await site.post(`/webhooks/${id}/replay`, { since, event: 'instance.down' })
    expect(site.asked.replayed.map(({ which }) => which)).toMatchObject([
      { dryRun: true, events: ['instance.down'] },
      { dryRun: false, events: ['instance.down'], since: new Date(Number(since)) },
    ])
    expect((await site.get(sent.headers.get('location') ?? '')).text).toContain('Replaying to Ops')
  })

  test('it is paused, resumed, tested, and deleted after one more question', async () => {
    const id = await create()
    await site.post(`/webhooks/${id}/pause`)
    expect(await stored(id)).toMatchObject({ enabled: false })
    await site.post(`/webhooks/${id}/resume`)
    expect(await stored(id)).toMatchObject({ enabled: true })
    const tested = await site.post(`/webhooks/${id}/test`, { event: 'memory.critical' })
    expect(tested.text).toContain('The test arrived')
    expect(site.asked.tested.at(-1)).toMatchObject({ event: 'memory.critical' })
    expect((await site.get(`/webhooks/${id}/delete`)).text).toContain(
      'Its whole history goes with it',
    )
    await site.post(`/webhooks/${id}/delete`)
    expect((await site.get(`/webhooks/${id}`)).status).toBe(404)
  })

  test('its secret is shown when somebody asks, and rotated with an overlap', async () => {
    const id = await create()
    const secret = await secretOf(id)
    expect((await site.get(`/webhooks/${id}`)).html).not.toContain(secret)
    expect((await site.post(`/webhooks/${id}/secret`)).html).toContain(secret)
    const { html, text } = await site.post(`/webhooks/${id}/rotate`, { overlapHours: '72' })
    expect(html).not.toContain(secret)
    expect(html).toContain(await secretOf(id))
    expect(text).toContain('The previous one stays valid until')
  })
})

test('the list finds webhooks by name, state and event', async () => {
  await create({ name: 'First' })
  const second = await create({ name: 'Second', events: ['instance.up'] })
  await site.post(`/webhooks/${second}/pause`)
  const names = async (query: string) =>
    [...(await site.get(`/webhooks${query}`)).html.matchAll(/<td[^>]*><a [^>]+>(\w+)<\/a>/g)].map(
      ([, name]) => name,
    )
  expect(await names('')).toEqual(['Second', 'First'])
  expect(await names('?q=fir')).toEqual(['First'])
  expect(await names('?state=paused')).toEqual(['Second'])
  expect(await names('?event=memory.critical')).toEqual(['First'])
})

test('whoever comes back to where a form was sent finds the page it is on', async () => {
  const id = await create()
  for (const [path, to] of [
    [`/webhooks/${id}/test`, `/webhooks/${id}`],
    [`/webhooks/${id}/secret`, `/webhooks/${id}`],
    [`/webhooks/${id}/deliveries`, `/deliveries?webhook=${id}`],
    ['/webhooks/?state=paused', '/webhooks?state=paused'],
    ['//evil.example/', '/'],
    ['/instances', '/'],
  ] as const)
    expect((await site.get(path)).headers.get('location'), path).toBe(to)
})
