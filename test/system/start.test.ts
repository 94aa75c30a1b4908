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

test('the encryption key is changed: both are read, rotated, and only the new one is needed', async () => {
  const [old, present] = [1, 2].map((n) => Buffer.alloc(32, n).toString('base64'))
  const own = await createPlace()
  const at = { DATABASE_URL: own.url }
  const created = await startTocsin({ ...at, ENCRYPTION_KEY: old })
  const { body } = await created.api('POST', '/api/webhooks', {
    name: 'kept',
    url: 'https://example.com/',
    secret: 'your-secret-key',
    events: ['instance.down'],
  })
  const { id } = body as { id: string }
  await created.stop()

  const wrong = launch(['start'], { ...at, PORT: '0', ENCRYPTION_KEY: present })
  expect(await wrong.exited).toBe(1)
  expect(wrong.output.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/webhook "kept", .* another ENCRYPTION_KEY\. .* tocsin secrets rotate$/),
  ])
  const refused = launch(['secrets', 'rotate'], { ...at, ENCRYPTION_KEY: present })
  expect(await refused.exited).toBe(1)
  expect(refused.output.stderr).toContain('No key opens those of the webhook "kept"')

  const both = { ...at, ENCRYPTION_KEY: present, ENCRYPTION_KEY_PREVIOUS: old }
  const rotation = launch(['secrets', 'rotate'], both)
  expect(await rotation.exited, rotation.output.stderr).toBe(0)
  expect(rotation.output.stderr).toContain('The secrets of 1 webhook or instance are stored anew')

  const after = await startTocsin({ ...at, ENCRYPTION_KEY: present })
  expect(await after.api('GET', `/api/webhooks/${id}/secret`)).toMatchObject({
    body: { secret: 'your-secret-key' },
  })
  expect(await after.api('GET', '/api/audit')).toMatchObject({
    body: expect.arrayContaining([expect.objectContaining({ action: 'rotateEncryptionKey' })]),
  })
  await after.stop()
  await own.remove()
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
