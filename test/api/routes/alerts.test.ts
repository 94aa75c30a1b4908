import { beforeEach, expect, test } from 'vitest'
import type { Alert } from '../../../src/store/alerts.ts'
import { alerts } from '../../../src/store/schema/index.ts'
import { useApi } from '../../support/api.ts'
import { pages, pointers } from '../../support/api-client.ts'

let webhookId: string

const api = useApi()
beforeEach(async () => {
  const body = { name: 'n', url: 'https://api.example.com', events: ['memory.critical'] }
  webhookId = ((await api.call('POST', '/api/webhooks', { body })).body as { id: string }).id
})

async function raise(changes: Partial<Alert> = {}): Promise<void> {
  const alert: Alert = {
    webhookId,
    instance: 'valkey.example.com:6379',
    eventType: 'memory.critical',
    subject: '',
    eventId: '018d4f9c-2f00-7000-8000-000000000002',
    threshold: 90,
    value: 92.5,
    peak: 96.1,
    since: new Date(1_706_457_600_000),
    ...changes,
  }
  await api.service.store.db.insert(alerts).values(alert)
}

test('an alert is shown with its limit and its worst reading', async () => {
  await raise()
  const { status, body } = await api.call('GET', '/api/alerts')
  expect(status).toBe(200)
  expect(body).toEqual([
    {
      webhookId,
      instance: 'valkey.example.com:6379',
      event: 'memory.critical',
      subject: '',
      threshold: 90,
      value: 92.5,
      peak: 96.1,
      since: 1_706_457_600_000,
      eventId: '018d4f9c-2f00-7000-8000-000000000002',
    },
  ])
})

test('alerts are shown by webhook, instance and event', async () => {
  await raise()
  await raise({ instance: 'other:1', eventType: 'connection.critical' })
  const count = async (query: string) =>
    ((await api.call('GET', `/api/alerts?${query}`)).body as unknown[]).length
  expect(await count('')).toBe(2)
  expect(await count(`webhook=${webhookId}&instance=other:1`)).toBe(1)
  expect(await count('event=connection.critical')).toBe(1)
  expect(await count('event=connection.critical&instance=valkey.example.com:6379')).toBe(0)
  expect(await count('webhook=nothing')).toBe(0)
})

test('five pages hold each alert once, the oldest first, whatever its subject', async () => {
  const subjects = Array.from({ length: 14 }, (_, n) => `${n}: "ü", 漢字 & <\u{1f4a5}>`)
  for (const [n, subject] of subjects.entries())
    await raise({ subject, since: new Date(1_706_457_600_000 + Math.floor(n / 5)) })
  const shown = await pages(api.call, '/api/alerts?limit=3')
  expect(shown.map((page) => page.length)).toEqual([3, 3, 3, 3, 2])
  const alerts = shown.flat() as { subject: string; since: number }[]
  expect(alerts.map(({ subject }) => subject).toSorted()).toEqual(subjects.toSorted())
  expect(alerts.map(({ since }) => since)).toEqual(alerts.map(({ since }) => since).toSorted())
})

test.each(['limit=0', 'limit=1001', 'cursor=x', 'cursor=W10%3D', 'webhook=', 'event=%00'])(
  'alerts are not shown for %s',
  async (query) => {
    const answer = await api.call('GET', `/api/alerts?${query}`)
    expect(answer.status).toBe(400)
    expect(pointers(answer)).toEqual([`/query/${query.split('=')[0]}`])
  },
)
