import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { builtInFormats } from '../../../src/formats/index.ts'
import { createFormats } from '../../../src/rules/formats.ts'
import { createVault, type SecretReference } from '../../../src/rules/vault.ts'
import { findWebhook } from '../../../src/store/webhooks.ts'
import { useApi } from '../../support/api.ts'
import { pointers } from '../../support/api-client.ts'
import { pager } from '../../support/formats.ts'

const key = 'integration-key-of-the-pager'
const url = 'https://pager.example.com/pager/path-token'
const password = 'a-password-for-basic'
const least = { name: 'n', url, events: ['memory.critical'], format: 'pager' }

let isSet = true
const { call, service, asked } = useApi(
  async ({ db }) => {
    const read = async (reference: SecretReference) => {
      if ('env' in reference && reference.env === 'PAGER_KEY' && isSet) return key
      throw new Error('It is not set.')
    }
    return {
      store: { db, vault: await createVault(new Uint8Array(32), read) },
      formats: createFormats(builtInFormats, [pager]),
    }
  },
  [key, 'path-token', password],
)

const shape = z.looseObject({ id: z.string() })
const create = (changes: object) =>
  call('POST', '/api/webhooks', { body: { ...least, formatConfig: { key }, ...changes } })
const created = async (changes: object = {}) => {
  const answer = await create(changes)
  expect(answer.status).toBe(201)
  return shape.parse(answer.body)
}
const opened = async (id: string, name: string) =>
  service.store.vault.open((await findWebhook(service.store, id))?.sealed[name] ?? '')

describe('formatConfig', () => {
  test('is completed by the format; its secrets and a secret URL are shown redacted, kept sealed', async () => {
    const webhook = await created()
    expect(webhook).toMatchObject({
      format: 'pager',
      formatConfig: { key: 'inte***', team: 'ops' },
      url: 'https://pager.example.com/***',
    })
    expect(await opened(webhook.id, 'formatConfig.key')).toBe(key)
    expect(await opened(webhook.id, 'url')).toBe(url)
    expect(JSON.stringify(await findWebhook(service.store, webhook.id))).not.toMatch(
      /integration-key|path-token/,
    )
  })

  test('sent back as it is shown changes nothing', async () => {
    const { id, ...shown } = await created()
    const answer = await call('PUT', `/api/webhooks/${id}`, { body: { ...shown, id, name: 'm' } })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ name: 'm', url: 'https://pager.example.com/***' })
    expect(await opened(id, 'formatConfig.key')).toBe(key)
    expect(await opened(id, 'url')).toBe(url)
  })

  test('that does not fit is refused, each fault by its pointer, no value repeated', async () => {
    const answer = await create({ formatConfig: { key: 'short', team: 7, other: 1 } })
    expect(answer.status).toBe(400)
    expect(pointers(answer).toSorted()).toEqual([
      '/formatConfig/key',
      '/formatConfig/other',
      '/formatConfig/team',
    ])
    expect(pointers(await create({ formatConfig: {} }))).toEqual(['/formatConfig/key'])
    expect(pointers(await create({ formatConfig: { key: 'inte***' } }))).toEqual([
      '/formatConfig/key',
    ])
    expect(pointers(await create({ url: 'https://pager.example.com/***' }))).toEqual(['/url'])
  })

  test('of another format is asked for anew; a format without settings takes none', async () => {
    const { id } = await created()
    const refused = await create({ format: 'betterdb' })
    expect(pointers(refused)).toEqual(['/formatConfig'])
    const changed = await call('PATCH', `/api/webhooks/${id}`, { body: { format: 'betterdb' } })
    expect(changed.body).not.toHaveProperty('formatConfig')
    expect(changed.body).toMatchObject({ url: 'https://pager.example.com/***' })
  })

  test('may name where a secret is found', async () => {
    const webhook = await created({ formatConfig: { key: { env: 'PAGER_KEY' } } })
    expect(webhook).toMatchObject({ formatConfig: { key: { env: 'PAGER_KEY' } } })
    expect(await opened(webhook.id, 'formatConfig.key')).toBe(key)
    const missing = await create({ formatConfig: { key: { env: 'MISSING' } } })
    expect(pointers(missing)).toEqual(['/formatConfig/key'])
  })

  test('has a named schema for each format in the document', async () => {
    const { body } = await call('GET', '/openapi.json')
    const { components } = z
      .object({ components: z.object({ schemas: z.record(z.string(), z.looseObject({})) }) })
      .parse(body)
    expect(components.schemas.PagerFormatConfig).toMatchObject({
      title: 'Pager',
      required: ['key'],
      additionalProperties: false,
    })
    expect(components.schemas.FormatConfig).toMatchObject({
      anyOf: expect.arrayContaining([{ $ref: '#/components/schemas/PagerFormatConfig' }]),
    })
  })
})

test('an event that the format cannot express is refused when the webhook is set up', async () => {
  const answer = await create({ events: ['memory.critical', 'instance.up'] })
  expect(answer.status).toBe(400)
  expect(pointers(answer)).toEqual(['/events/1'])
  expect(answer.text).toContain('nobody is paged for news')
  const { id } = await created({
    format: 'betterdb',
    formatConfig: undefined,
    events: ['instance.up'],
  })
  const body = { format: 'pager', formatConfig: { key } }
  expect(pointers(await call('PATCH', `/api/webhooks/${id}`, { body }))).toEqual(['/events/0'])
})

test('a URL that is plainly of a service suggests its format, and is kept secret', async () => {
  const webhook = await created({ format: 'betterdb', formatConfig: undefined })
  expect(webhook).toMatchObject({
    url: 'https://pager.example.com/***',
    suggestion: { format: 'pager', reason: expect.stringContaining('Pager') },
  })
  expect(await created()).not.toHaveProperty('suggestion')
})

describe('httpAuth', () => {
  test('is kept sealed, shown redacted, and stays when sent back', async () => {
    const webhook = await created({ httpAuth: { type: 'Basic', username: 'u', password } })
    const httpAuth = { type: 'Basic', username: 'u', password: 'a-pa***' }
    expect(webhook).toMatchObject({ httpAuth })
    const path = `/api/webhooks/${webhook.id}`
    expect((await call('PATCH', path, { body: { httpAuth } })).status).toBe(200)
    expect(await opened(webhook.id, 'httpAuth')).toBe(password)
    const bearer = await call('PATCH', path, { body: { httpAuth: { type: 'Bearer', token: key } } })
    expect(bearer.body).toMatchObject({ httpAuth: { type: 'Bearer', token: 'inte***' } })
    const without = await call('PATCH', path, { body: { httpAuth: null } })
    expect(without.body).not.toHaveProperty('httpAuth')
  })

  test('may be written as in Stalwart, secrets too', async () => {
    const secret = (value: string) => ({ '@type': 'Value', secret: value })
    const basic = { '@type': 'Basic', username: 'account', secret: secret(password) }
    const webhook = await created({ httpAuth: basic, secret: secret('my-secret-key') })
    expect(webhook).toMatchObject({
      secret: 'my-s***',
      httpAuth: { type: 'Basic', username: 'account', password: 'a-pa***' },
    })
    const path = `/api/webhooks/${webhook.id}`
    const change = async (body: object) => (await call('PATCH', path, { body })).body
    const bearer = {
      '@type': 'Bearer',
      secret: { '@type': 'EnvironmentVariable', variableName: 'PAGER_KEY' },
    }
    expect(await change({ httpAuth: bearer })).toMatchObject({
      httpAuth: { type: 'Bearer', token: { env: 'PAGER_KEY' } },
    })
    const none = { httpAuth: { '@type': 'Unauthenticated' }, secret: { '@type': 'None' } }
    expect(await change(none)).not.toHaveProperty('httpAuth')
    const file = { ...basic, secret: { '@type': 'File', filePath: '/nowhere' } }
    expect(pointers(await create({ httpAuth: file }))).toEqual(['/httpAuth/password'])
  })

  test('of a kind nobody knows is refused', async () => {
    for (const httpAuth of [{ type: 'Digest' }, { type: 'Basic', username: 'a:b', password: 'x' }])
      expect((await create({ httpAuth })).status).toBe(400)
  })
})

test('the signing secret may be found elsewhere, and a test request uses all of it', async () => {
  const webhook = await created({ secret: { env: 'PAGER_KEY' } })
  expect(webhook).toMatchObject({ secret: { env: 'PAGER_KEY' } })
  expect(pointers(await create({ secret: { file: '/nowhere' } }))).toEqual(['/secret'])
  await call('POST', `/api/webhooks/${webhook.id}/test`)
  expect(asked.tested[0]?.target.secrets).toEqual({
    signing: [key],
    values: { url, 'formatConfig.key': key },
  })
  isSet = false
  const lost = await call('GET', `/api/webhooks/${webhook.id}/secret`)
  isSet = true
  expect(lost).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('It is not set. Mend that') },
  })
})

test('a secret that the format cannot sign with is refused, whenever it is given', async () => {
  const standard = { format: 'standard', formatConfig: undefined }
  const refused = await create({ ...standard, secret: 'your-secret-key' })
  expect(pointers(refused)).toEqual(['/secret'])
  const { id } = await created(standard)
  const path = `/api/webhooks/${id}`
  const body = { secret: 'your-secret-key' }
  expect(pointers(await call('PATCH', path, { body }))).toEqual(['/secret'])
  expect(pointers(await call('POST', `${path}/rotate-secret`, { body }))).toEqual(['/secret'])
  expect((await call('PATCH', path, { body: { ...body, format: 'betterdb' } })).status).toBe(200)
  expect(pointers(await call('PATCH', path, { body: { format: 'standard' } }))).toEqual(['/secret'])
})

test('lossy and a schedule by name are kept, and shown', async () => {
  const webhook = await created({ lossy: true, retryPolicy: { schedule: 'db24x7' } })
  const schedule = [30_000, 300_000, 1_800_000, 7_200_000, 43_200_000]
  expect(webhook).toMatchObject({ lossy: true, retryPolicy: { schedule } })
  const answer = await create({ retryPolicy: { schedule: 'hourly' } })
  expect(answer.status).toBe(400)
})

describe('throttle', () => {
  const plain = (format: string, changes: object = {}) =>
    create({ format, formatConfig: undefined, ...changes })

  test('is kept where the format carries several events a request, and has its default there', async () => {
    for (const [throttle, kept] of [
      [undefined, 1000],
      ['5s', 5000],
      [250, 250],
      [0, 0],
    ])
      expect((await plain('stalwart', { throttle })).body).toMatchObject({ throttle: kept })
    const { body } = await plain('cloudevents', { formatConfig: { mode: 'batch' } })
    expect(body).not.toHaveProperty('throttle')
  })

  test('is refused, with the reason, where each event goes by itself', async () => {
    for (const [format, changes] of [
      ['betterdb', {}],
      ['slack', {}],
      ['cloudevents', { formatConfig: { mode: 'structured' } }],
    ] as const) {
      const answer = await plain(format, { ...changes, throttle: '1s' })
      expect(answer.status).toBe(400)
      expect(pointers(answer)).toEqual(['/throttle'])
    }
    for (const throttle of ['1 second', -1, '2h'])
      expect(pointers(await plain('stalwart', { throttle }))).toEqual(['/throttle'])
  })

  test('goes with the format it was for, and where it is taken away', async () => {
    const { id } = shape.parse((await plain('stalwart', { throttle: 50 })).body)
    const change = async (body: object) =>
      (await call('PATCH', `/api/webhooks/${id}`, { body })).body
    expect(await change({ name: 'other' })).toMatchObject({ throttle: 50 })
    expect(await change({ throttle: null })).not.toHaveProperty('throttle')
    expect(await change({ throttle: 70 })).toMatchObject({ throttle: 70 })
    expect(await change({ format: 'betterdb' })).not.toHaveProperty('throttle')
  })
})

test('discardAfter is five minutes for Stalwart, as there, and taken away where it is not wanted', async () => {
  const made = await create({ format: 'stalwart', formatConfig: undefined })
  expect(made.body).toMatchObject({ discardAfter: 300_000 })
  const { id } = shape.parse(made.body)
  const { body } = await call('PATCH', `/api/webhooks/${id}`, { body: { discardAfter: null } })
  expect(body).not.toHaveProperty('discardAfter')
  expect((await create({})).body).not.toHaveProperty('discardAfter')
  const chosen = await create({ format: 'stalwart', formatConfig: undefined, discardAfter: '2h' })
  expect(chosen.body).toMatchObject({ discardAfter: 7_200_000 })
})
