import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startReceiver } from '../support/receiver.ts'
import { launch } from '../support/tocsin-process.ts'

describe('a start', () => {
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

  test('on a port that is taken says so before it makes anything, and ends with 1', async () => {
    const receiver = await startReceiver()
    const directory = join(tmpdir(), `tocsin-never-made-${process.pid}`)
    const { output, exited } = launch(['start'], {
      DATABASE_URL: directory,
      PORT: String(receiver.port),
    })
    expect(await exited).toBe(1)
    expect(output.stderr).toContain(`PORT ${receiver.port} is in use`)
    expect(existsSync(directory)).toBe(false)
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
