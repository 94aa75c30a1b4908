import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startReceiver } from '../support/receiver.ts'
import { createPlace, type DataPlace, launch, startTocsin } from '../support/tocsin-process.ts'

let place: DataPlace

beforeAll(async () => {
  place = await createPlace()
})
afterAll(() => place.remove())

describe('a start', () => {
  test('says where it is and what to do next', async () => {
    const tocsin = await startTocsin({ DATABASE_URL: place.url })
    expect(tocsin.output.stdout).toContain(`is ready at ${tocsin.url}`)
    expect(tocsin.output.stdout).toContain('VALKEY_URL=redis://localhost:6379 npm start')
    const { code, ms } = await tocsin.stop()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(10_000)
  })

  test('with wrong settings names every fault in a line of its own, and ends with 1', async () => {
    const { output, exited } = launch(['start'], {
      PORT: 'high',
      POLL_INTERVAL_MS: '5',
      VALKEY_URL: 'http://x',
      ENCRYPTION_KEY: 'a-secret-that-is-no-key',
      NODE_ENV: 'production',
    })
    expect(await exited).toBe(1)
    for (const variable of [
      'PORT',
      'POLL_INTERVAL_MS',
      'VALKEY_URL',
      'ENCRYPTION_KEY',
      'TOCSIN_TOKEN',
    ])
      expect(output.stderr).toMatch(new RegExp(`^.*${variable} .*Example: ${variable}=`, 'm'))
    expect(output.stderr).not.toContain('a-secret-that-is-no-key')
  })

  test('without its database is one clear line, no password in it, and ends with 1', async () => {
    const { output, exited } = launch(['start'], {
      DATABASE_URL: 'postgres://tocsin:hunter2@127.0.0.1:1/tocsin',
    })
    expect(await exited).toBe(1)
    expect(output.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/PostgreSQL at 127\.0\.0\.1:1\/tocsin cannot be used.*DATABASE_URL/),
    ])
    expect(output.stderr).not.toContain('hunter2')
  })

  test('on a port that is taken says so, and ends with 1', async () => {
    const receiver = await startReceiver()
    const { output, exited } = launch(['start'], {
      DATABASE_URL: 'memory://',
      PORT: String(receiver.port),
    })
    expect(await exited).toBe(1)
    expect(output.stderr).toContain(`PORT ${receiver.port} is in use`)
    await receiver.close()
  })

  test('with an unknown flag or command says what there is', async () => {
    for (const args of [['start', '--prot'], ['strat']]) {
      const { output, exited } = launch(args, {})
      expect(await exited).toBe(1)
      expect(output.stderr).toMatch(/unknown/)
    }
  })
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
