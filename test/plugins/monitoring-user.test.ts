import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandsOf, monitoringUser } from '../../src/rules/lacks.ts'
import { builtInPlugins } from '../../src/runtimes/plugins.ts'
import { serving, watching } from './looks.ts'

let server: Awaited<ReturnType<typeof serving>>
beforeAll(async () => {
  // Everything that plugins ask for only on some servers, or when something happened.
  const slow = ['--slowlog-log-slower-than', '0', '--latency-monitor-threshold', '1']
  server = await serving('--cluster-enabled', 'yes', ...slow)
  const line = monitoringUser('tocsin', commandsOf(builtInPlugins))
  await server.run(line.replace('>PASSWORD', '>right'))
  await server.run('ACL SETUSER bob on >right -@all')
})
afterAll(() => server.end())

test('a user allowed just what the plugins declare is denied nothing, whatever happens', async () => {
  const url = server.url.replace('//', '//tocsin:right@')
  const watched = builtInPlugins.map((plugin) => watching(plugin, url))
  const readings: string[] = []
  const look = async (now: number) => {
    for (const { look } of watched)
      readings.push(...(await look(now)).readings.map(({ type }) => type))
  }
  const now = Date.now()
  await look(now)
  await server.run('CONFIG SET hz 20')
  await server.run('ACL SETUSER eve on')
  await server.run('AUTH bob wrong').catch(() => {})
  await server.run('DEBUG SLEEP 0.01').catch(() => {})
  await look(now + 15_000)
  await look(now + 400_000)
  for (const { close } of watched) close()
  expect(readings).toEqual(
    expect.arrayContaining(['config.changed', 'acl.modified', 'client.blocked', 'memory.critical']),
  )
  const log = JSON.stringify(await server.run('ACL LOG 128'))
  expect(log).toContain('"bob"')
  expect(log).not.toContain('"tocsin"')
})
