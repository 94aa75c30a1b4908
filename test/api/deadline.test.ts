import { afterEach, expect, test, vi } from 'vitest'
import type { Service } from '../../src/api/service.ts'
import { type Call, createCall } from '../support/api-client.ts'
import { useDatabase } from '../support/fixtures.ts'
import { type Asked, createService } from '../support/service.ts'

const database = useDatabase()
let call: Call
let asked: Asked
const never = () => new Promise<never>(() => {})
const silent: Partial<Service> = { publish: never, probe: never }

afterEach(() => vi.useRealTimers())

async function begin(changes: Partial<Service>) {
  const made = await createService(database, changes)
  asked = made.asked
  call = createCall(made.service)
  vi.useFakeTimers()
}

const publish = () =>
  call('POST', '/api/events', { body: { type: 'instance.down', data: { reason: 'test' } } })

test('a request that gets no answer from the database is a 503 after eight seconds', async () => {
  await begin(silent)
  const answer = publish()
  let answered = false
  answer.then(() => {
    answered = true
  })
  await vi.advanceTimersByTimeAsync(7999)
  expect(answered).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await answer).toMatchObject({ status: 503, body: { type: '/problems/unavailable' } })
  expect((await answer).headers.get('retry-after')).toBe('5')
  expect(asked.logged).toHaveLength(1)
})

test('so is one whose token cannot be looked up', async () => {
  await begin({ authorize: never })
  const answer = publish()
  await vi.advanceTimersByTimeAsync(8000)
  expect((await answer).status).toBe(503)
})

test('a request that waits for another server keeps to the deadline set for that one', async () => {
  await begin({
    probe: () =>
      new Promise((resolve) => {
        setTimeout(resolve, 20_000, { reachable: false, error: 'late', durationMs: 20_000 })
      }),
  })
  const answer = call('POST', '/api/instances/test', { body: { url: 'redis://127.0.0.1:6379' } })
  await vi.advanceTimersByTimeAsync(20_000)
  expect((await answer).status).toBe(200)
})
