import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serving } from '../plugins/looks.ts'
import { createPlace, type DataPlace, launch } from '../support/tocsin-process.ts'

let place: DataPlace
let server: Awaited<ReturnType<typeof serving>>
beforeAll(async () => {
  place = await createPlace()
  server = await serving('--maxmemory', '1gb')
  await server.run('ACL SETUSER narrow on >hidden-word -@all +info +ping')
})
afterAll(async () => {
  await server.end()
  await place.remove()
})

async function doctor(args: readonly string[], environment: Record<string, string> = {}) {
  const { output, exited } = launch(['doctor', ...args], {
    DATABASE_URL: place.url,
    ...environment,
  })
  const code = await exited
  expect(output.stdout + output.stderr).not.toContain('hidden-word')
  return { code, ...output }
}
const as = (login: string) => server.url.replace('//', `//${login}@`)
const row = (stdout: string, event: string) =>
  stdout.split('\n').find((line) => line.trim().startsWith(`${event} `))

describe('tocsin doctor', () => {
  test('finds nothing wrong with a server that lets it do everything', async () => {
    const { code, stdout } = await doctor([server.url])
    expect(row(stdout, 'acl.violation')).toMatch(/ yes$/)
    expect(row(stdout, 'latency.spike')).toContain('monitor is off')
    expect(stdout).toContain('CONFIG SET latency-monitor-threshold 100')
    expect(stdout).toContain('Nothing is wrong.')
    expect(code).toBe(0)
  })

  test('says what a user may not do, which events that costs, and the line that grants it', async () => {
    const { code, stdout } = await doctor([as('narrow:hidden-word')])
    expect(row(stdout, 'memory.critical')).toMatch(/ yes$/)
    expect(row(stdout, 'acl.violation')).toContain('acl|log is denied')
    expect(code).toBe(1)
    const [grant = ''] = /ACL SETUSER narrow \+.*/.exec(stdout) ?? []
    await server.run(grant)
    const { code: after } = await doctor([as('narrow:hidden-word')])
    expect(after).toBe(0)
  })

  test('tells what is wrong with each server that cannot be looked at', async () => {
    const urls = [as('narrow:wrong'), 'redis://127.0.0.1:1', 'redis://no-such-host.invalid']
    const { code, stdout } = await doctor([...urls, '--json'])
    const { ok, servers } = JSON.parse(stdout)
    expect(servers.map(({ fault }: { fault: { kind: string } }) => fault.kind)).toEqual([
      'auth',
      'refused',
      'dns',
    ])
    expect({ ok, code }).toEqual({ ok: false, code: 1 })
  })

  test('checks settings, database and the servers of VALKEY_URL where it is given none', async () => {
    const free = { PORT: '1' }
    const fine = await doctor([], { ...free, VALKEY_URL: `${server.url}?name=cache` })
    expect(fine.stdout).toMatch(
      /ok +settings.*ok +database +embedded, in .*not running.*ok +cache/s,
    )
    expect(fine.code).toBe(0)
    const postgres = 'postgres://tocsin:hidden-word@127.0.0.1:1/tocsin'
    const lost = await doctor([], { ...free, DATABASE_URL: postgres })
    expect(lost.stdout).toMatch(/WRONG +database +PostgreSQL at 127.0.0.1:1\/tocsin cannot be used/)
    expect(lost.code).toBe(1)
    const bad = await doctor([], { PORT: 'high' })
    expect(bad.stdout).toMatch(/WRONG +settings\n +PORT .*Example: PORT=/)
    expect(bad.code).toBe(1)
  })

  test('writes the line for a monitoring user alone', async () => {
    const { code, stdout } = await doctor(['--acl', 'watcher'])
    expect(stdout).toMatch(/^ACL SETUSER watcher on >PASSWORD .*\+acl\|log.*\n$/)
    expect(code).toBe(0)
  })

  test('refuses an address that is none, without repeating it, and unknown flags', async () => {
    const { code, stderr } = await doctor(['http://u:hidden-word@x'])
    expect(stderr).toContain('Unknown scheme')
    expect(code).toBe(1)
    expect((await doctor(['--nosuch'])).code).not.toBe(0)
  })
})
