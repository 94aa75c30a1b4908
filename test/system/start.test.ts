import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startReceiver } from '../support/receiver.ts'
import { createPlace, type DataPlace, launch, startTocsin } from '../support/tocsin-process.ts'

let place: DataPlace

beforeAll(async () => {
  place = await createPlace()
})
afterAll(() => place.remove())

test('a start says where it is and what to do next', async () => {
  const tocsin = await startTocsin({ DATABASE_URL: place.url })
  expect(tocsin.output.stdout).toContain(`is ready at ${tocsin.url}`)
  expect(tocsin.output.stdout).toContain('VALKEY_URL=redis://localhost:6379 npm start')
  const { code, ms } = await tocsin.stop()
  expect(code).toBe(0)
  expect(ms).toBeLessThan(10_000)
})

test('SIGTERM lets a request under way finish, and ends with 0', async () => {
  const receiver = await startReceiver({ respond: { delayMs: 1000 } })
  const tocsin = await startTocsin({ DATABASE_URL: place.url })
  await tocsin.api('POST', '/api/webhooks', {
    name: 'slow',
    url: receiver.url,
    events: ['instance.down'],
  })
  await tocsin.api('POST', '/api/events', { type: 'instance.down', data: { reason: 'test' } })
  await receiver.next()
  const stopping = tocsin.stop()
  expect(await stopping).toMatchObject({ code: 0 })

  const again = await startTocsin({ DATABASE_URL: place.url })
  const { body } = await again.api('GET', '/api/events?limit=1')
  const [event] = body as { deliveries: { status: string }[] }[]
  expect(event?.deliveries).toMatchObject([{ status: 'success' }])
  await again.stop()
  await receiver.close()
})

test('a second process on the same embedded database is refused, and says whose it is', async () => {
  if (place.url.startsWith('postgres:')) {
    // PostgreSQL is shared by any number of processes.
    const [a, b] = await Promise.all([1, 2].map(() => startTocsin({ DATABASE_URL: place.url })))
    await Promise.all([a?.stop(), b?.stop()])
    return
  }
  const tocsin = await startTocsin({ DATABASE_URL: place.url })
  const { child, output, exited } = launch(['start'], { DATABASE_URL: place.url, PORT: '0' })
  expect(await exited).toBe(1)
  expect(output.stderr).toContain(`is in use by process ${tocsin.pid}`)
  await tocsin.kill()
  // Killed, it leaves its lock behind: the next one takes it over at once.
  const next = await startTocsin({ DATABASE_URL: place.url })
  await next.stop()
  if (child.exitCode === null) await once(child, 'close')
})
