import { describe, expect, test } from 'vitest'
import type { Bindings } from '../../../src/runtimes/workers/bindings.ts'
import { createSecretReader } from '../../../src/runtimes/workers/secret-reader.ts'
import { readWorkerSettings } from '../../../src/runtimes/workers/settings.ts'

const bound = {
  HYPERDRIVE: { connectionString: 'postgres://tocsin:hunter2@pool.example.com/tocsin' },
  WORK: { send: async () => {} },
}

function read(bindings: Bindings) {
  const answer = readWorkerSettings(bindings)
  return answer.ok ? answer.settings : answer.faults.map((it) => `${it.variable} ${it.problem}`)
}

describe('the settings of a Worker', () => {
  test('are its variables and secrets; it looks once a minute where they do not say', () => {
    expect(read({ ...bound, TOCSIN_TIER: 'pro' })).toMatchObject({
      pollIntervalMs: 60_000,
      tier: 'pro',
      database: { kind: 'postgres', url: bound.HYPERDRIVE.connectionString },
    })
  })

  test('refuse what a Worker cannot do, each with the reason', () => {
    expect(
      read({
        ...bound,
        NODE_ENV: 'production',
        TOCSIN_TOKEN_FILE: '/run/secrets/token',
        TOCSIN_TOKEN: 'token',
        ENCRYPTION_KEY: btoa('0123456789abcdef0123456789abcdef'),
        ALLOW_TARGETS: '10.0.0.0/8',
        VALKEY_URL: 'redis://valkey.example.com,redis://:pass@10.0.0.7',
      }),
    ).toEqual([
      expect.stringMatching(/^VALKEY_URL 10\.0\.0\.7:6379 .* private address.* reaches nothing/),
      expect.stringMatching(/^TOCSIN_TOKEN_FILE .* no files: wrangler secret put TOCSIN_TOKEN$/),
      expect.stringMatching(/^ALLOW_TARGETS .* reach nothing private/),
    ])
  })

  test('allow servers of this machine while developing, as the local runtime does', () => {
    expect(read({ ...bound, VALKEY_URL: 'redis://127.0.0.1' })).toMatchObject({
      instances: [{ host: '127.0.0.1' }],
    })
  })

  test('name the bindings that are missing; the poller only where it is wanted', () => {
    expect(read({})).toEqual([
      expect.stringContaining('HYPERDRIVE is not bound'),
      expect.stringContaining('WORK is not bound'),
    ])
    expect(read({ ...bound, POLL_INTERVAL_MS: '5000' })).toEqual([
      expect.stringContaining('POLLER is not bound'),
    ])
  })
})

describe('secrets that webhooks name', () => {
  const find = createSecretReader({ HOOK: ' secret ', TOCSIN_TOKEN: 'own' })

  test('are variables and secrets of the Worker', async () => {
    expect(await find({ env: 'HOOK' })).toBe('secret')
    await expect(find({ env: 'NONE' })).rejects.toThrow('wrangler secret put NONE')
  })

  test('are never its own, nor files', async () => {
    await expect(find({ env: 'TOCSIN_TOKEN' })).rejects.toThrow('name another')
    await expect(find({ file: '/etc/passwd' })).rejects.toThrow('A Worker has no files')
  })
})
