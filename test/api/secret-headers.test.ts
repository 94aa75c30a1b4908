import { expect, test } from 'vitest'
import { z } from 'zod'
import { webhooks } from '../../src/store/schema/index.ts'
import { useApi } from '../support/api.ts'

const secrets = ['Bearer the-receivers-own-token', 'a-key-of-the-gateway', 'another-key-of-it']
const [token = '', key = '', nextKey = ''] = secrets
const api = useApi(() => ({}), secrets)
const shown = z.object({ id: z.string(), headers: z.record(z.string(), z.string()) })

async function create(headers: Record<string, string>) {
  const body = { name: 'w', url: 'https://example.com/', events: ['instance.down'], headers }
  const answer = await api.call('POST', '/api/webhooks', { body })
  return { status: answer.status, ...shown.partial().parse(answer.body) }
}
/** The headers that the next request to it would have. */
async function sentTo(id: string | undefined) {
  await api.call('POST', `/api/webhooks/${id}/test`)
  return api.asked.tested.at(-1)?.target.secrets.values
}

test('headers that bear secrets are shown redacted, kept sealed, and sent in full', async () => {
  const { id, headers } = await create({
    Authorization: token,
    'X-Api-Key': key,
    'X-Routing-Key': 'prod-database-alerts',
    'X-Custom-Header': 'value',
  })
  expect(headers).toEqual({
    Authorization: 'Bear***',
    'X-Api-Key': 'a-ke***',
    'X-Routing-Key': 'prod-database-alerts',
    'X-Custom-Header': 'value',
  })
  const stored = JSON.stringify(await api.database.db.select().from(webhooks))
  for (const secret of secrets) expect(stored).not.toContain(secret)
  expect(await sentTo(id)).toEqual({ 'headers.authorization': token, 'headers.x-api-key': key })
})

test('sent back as shown they stay; others replace or remove them', async () => {
  const { id, headers } = await create({ Authorization: token, 'X-Api-Key': key })
  const patch = (body: unknown) => api.call('PATCH', `/api/webhooks/${id}`, { body })
  await patch({ headers, name: 'renamed' })
  await patch({ enabled: true })
  expect(await sentTo(id)).toEqual({ 'headers.authorization': token, 'headers.x-api-key': key })
  await patch({ headers: { ...headers, 'X-Api-Key': nextKey } })
  expect(await sentTo(id)).toEqual({ 'headers.authorization': token, 'headers.x-api-key': nextKey })
  await patch({ headers: { 'x-api-key': 'anot***' } })
  expect(await sentTo(id)).toEqual({ 'headers.x-api-key': nextKey })
  await patch({ headers: {} })
  expect(await sentTo(id)).toEqual({})
})

test('a redacted value of something else is refused, and the header named', async () => {
  const answer = await api.call('POST', '/api/webhooks', {
    body: {
      name: 'w',
      url: 'https://example.com/',
      events: ['instance.down'],
      headers: { 'X-Api-Key': 'some***' },
    },
  })
  expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/headers/X-Api-Key' }] })
})
