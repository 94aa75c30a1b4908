import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createVault } from '../../src/rules/vault.ts'
import { deleteWebhook, findWebhook, insertWebhook } from '../../src/store/webhooks.ts'
import { startReceiver } from '../support/receiver.ts'
import {
  createPlace,
  type DataPlace,
  launch,
  openPlace,
  startTocsin,
  type TocsinProcess,
} from '../support/tocsin-process.ts'
import { webhookSettings } from '../support/webhook-settings.ts'

let place: DataPlace
/** The process that has the data now; a start takes seconds. */
let running: TocsinProcess | undefined

const webhook = webhookSettings({
  name: 'kept',
  url: 'https://example.com/',
  events: ['instance.down'],
})

beforeAll(async () => {
  place = await createPlace()
})
afterAll(async () => {
  await running?.stop()
  await place.remove()
})

async function start(): Promise<TocsinProcess> {
  running ??= await startTocsin({ DATABASE_URL: place.url })
  return running
}

test('with a wrong encryption key it does not start; a command stores secrets anew with another', async () => {
  const [old, present] = [1, 2].map((n) => Buffer.alloc(32, n).toString('base64'))
  const filled = await openPlace(place)
  const before = { db: filled.db, vault: await createVault(Buffer.alloc(32, 1)) }
  const { id } = await insertWebhook(before, webhook, 'your-secret-key')
  await filled.close()

  const at = { DATABASE_URL: place.url, ENCRYPTION_KEY: present, PORT: '0' }
  const wrong = launch(['start'], at)
  expect(await wrong.exited).toBe(1)
  expect(wrong.output.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/webhook "kept", .* another ENCRYPTION_KEY\. .* tocsin secrets rotate$/),
  ])
  const rotation = launch(['secrets', 'rotate'], { ...at, ENCRYPTION_KEY_PREVIOUS: old })
  expect(await rotation.exited, rotation.output.stderr).toBe(0)
  expect(rotation.output.stderr).toContain('The secrets of 1 webhook or instance are stored anew')

  const rotated = await openPlace(place)
  const after = { db: rotated.db, vault: await createVault(Buffer.alloc(32, 2)) }
  const kept = await findWebhook(after, id)
  expect(await after.vault.open(kept?.sealedSecret ?? '')).toBe('your-secret-key')
  await deleteWebhook(after, id)
  await rotated.close()
})

test('a start says where it is and what to do next', async () => {
  const tocsin = await start()
  expect(tocsin.output.stdout).toContain(`is ready at ${tocsin.url}`)
  expect(tocsin.output.stdout).toContain('VALKEY_URL=redis://localhost:6379 npm start')
})

test('SIGTERM lets a request under way finish, and ends with 0', async () => {
  const receiver = await startReceiver({ respond: { delayMs: 1000 } })
  const tocsin = await start()
  await tocsin.api('POST', '/api/webhooks', {
    name: 'slow',
    url: receiver.url,
    events: ['instance.down'],
  })
  await tocsin.api('POST', '/api/events', { type: 'instance.down', data: { reason: 'test' } })
  await receiver.next()
  running = undefined
  const { code, ms } = await tocsin.stop()
  expect(code).toBe(0)
  expect(ms).toBeLessThan(10_000)

  const again = await start()
  const { body } = await again.api('GET', '/api/events?limit=1')
  const [event] = body as { deliveries: { status: string }[] }[]
  expect(event?.deliveries).toMatchObject([{ status: 'success' }])
  await receiver.close()
})

test('a second process on the same embedded database is refused, and says whose it is', async () => {
  if (place.url.startsWith('postgres:')) {
    // PostgreSQL is shared by any number of processes.
    await start()
    const other = await startTocsin({ DATABASE_URL: place.url })
    await other.stop()
    return
  }
  const tocsin = await start()
  const { child, output, exited } = launch(['start'], { DATABASE_URL: place.url, PORT: '0' })
  expect(await exited).toBe(1)
  expect(output.stderr).toContain(`is in use by process ${tocsin.pid}`)
  await tocsin.kill()
  // Killed, it leaves its lock behind: the next one takes it over at once.
  running = undefined
  await start()
  if (child.exitCode === null) await once(child, 'close')
})
