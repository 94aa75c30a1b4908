import { beforeEach, expect, test } from 'vitest'
import { useApi } from '../../support/api.ts'
import { pointers } from '../../support/api-client.ts'

let path: string

const api = useApi()
beforeEach(async () => {
  const body = { name: 'n', url: 'https://api.example.com', events: ['instance.down'] }
  const { id } = (await api.call('POST', '/api/webhooks', { body })).body as { id: string }
  path = `/api/webhooks/${id}`
})

test('a replay since a time answers how many are queued', async () => {
  const body = {
    since: '2024-01-28T16:00:00Z',
    until: 1_706_457_700_000,
    events: ['instance.down'],
  }
  const answer = await api.call('POST', `${path}/replay`, { body })
  expect(answer).toMatchObject({ status: 202, body: { count: 2 } })
  expect(api.asked.replayed).toMatchObject([
    {
      which: {
        since: new Date(1_706_457_600_000),
        until: new Date(1_706_457_700_000),
        events: ['instance.down'],
        dryRun: false,
      },
    },
  ])
})

test('of a disabled webhook only a dry run is done', async () => {
  await api.call('PATCH', path, { body: { enabled: false } })
  expect((await api.call('POST', `${path}/replay`, { body: { since: 0 } })).status).toBe(409)
  const dry = { since: 0, dryRun: true }
  expect((await api.call('POST', `${path}/replay`, { body: dry })).status).toBe(202)
  expect(api.asked.replayed).toHaveLength(1)
})

test('a replay of an unknown webhook is not found', async () => {
  const answer = await api.call('POST', '/api/webhooks/nobody/replay', { body: { since: 0 } })
  expect(answer.status).toBe(404)
})

test.each([
  [{}, '/since'],
  [{ since: 'yesterday' }, '/since'],
  [{ since: 1000, until: 10 }, '/until'],
  [{ since: 0, events: [] }, '/events'],
  [{ since: 0, events: ['nothing.such'] }, '/events/0'],
  [{ since: 0, dryRun: 'yes' }, '/dryRun'],
  [{ since: 0, more: 1 }, '/more'],
])('%j is refused at %s', async (body, pointer) => {
  const answer = await api.call('POST', `${path}/replay`, { body })
  expect([answer.status, pointers(answer)]).toEqual([400, [pointer]])
})
