import { access } from 'node:fs/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { type StartedValkey, type StartOptions, startValkey } from '../../src/cli/valkey-server.ts'
import { connect, type ValkeyConnection } from '../../src/valkey/connection.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function start(options?: StartOptions): Promise<[StartedValkey, ValkeyConnection]> {
  const server = await startValkey(options)
  const valkey = connect({ url: server.url, timeoutMs: 1000 })
  cleanups.push(server.stop, valkey.close)
  return [server, valkey]
}

const config = async (valkey: ValkeyConnection, name: string) => {
  const reply = await valkey.call('CONFIG', 'GET', name)
  return Array.isArray(reply) ? reply[1] : undefined
}
const runs = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('startValkey', () => {
  test('starts one that answers, on loopback only, and keeps nothing', async () => {
    const [server, valkey] = await start()
    expect(await valkey.call('PING')).toBe('PONG')
    expect(server.url).toBe(`redis://127.0.0.1:${server.port}`)
    expect(await config(valkey, 'bind')).toBe('127.0.0.1')
    expect(await config(valkey, 'save')).toBe('')
    expect(await config(valkey, 'appendonly')).toBe('no')
  })

  test('tells its process and its version', async () => {
    const [server, valkey] = await start()
    const info = String(await valkey.call('INFO', 'server'))
    expect(info).toContain(`process_id:${server.pid}\r\n`)
    expect(info).toMatch(new RegExp(`(valkey|redis)_version:${server.version}\r\n`))
  })

  test('passes arguments on and uses a port it is told', async () => {
    const [first] = await start()
    await first.stop()
    const [server, valkey] = await start({ port: first.port, args: ['--maxclients', '20'] })
    expect(server.port).toBe(first.port)
    expect(await config(valkey, 'maxclients')).toBe('20')
  })

  test('takes a server that wants a password for started', async () => {
    const [, valkey] = await start({ args: ['--requirepass', 'secret'] })
    await expect(valkey.call('PING')).rejects.toMatchObject({ fault: 'auth' })
  })

  test('starts several side by side, apart from each other', async () => {
    const servers = await Promise.all([start(), start(), start()])
    expect(new Set(servers.map(([{ port }]) => port)).size).toBe(3)
    const folders = await Promise.all(servers.map(([, valkey]) => config(valkey, 'dir')))
    expect(new Set(folders).size).toBe(3)
  })

  test('says in the words of the server why one did not start', async () => {
    await expect(startValkey({ args: ['--no-such-option', '1'] })).rejects.toThrow(
      /did not start:[\s\S]*no-such-option/,
    )
    const [{ port }] = await start()
    await expect(startValkey({ port })).rejects.toThrow(/already in use/i)
  })
})

describe('a started server', () => {
  test('is gone with its folder once it is stopped, also when it was frozen', async () => {
    for (const freezes of [false, true]) {
      const [server, valkey] = await start()
      const folder = String(await config(valkey, 'dir'))
      if (freezes) server.pause()
      await server.stop()
      expect(runs(server.pid)).toBe(false)
      await expect(access(folder)).rejects.toThrow('ENOENT')
      await server.stop()
    }
  })

  test('answers nothing while it is frozen and goes on afterwards', async () => {
    const [server] = await start()
    const impatient = connect({ url: server.url, timeoutMs: 150 })
    cleanups.push(impatient.close)
    server.pause()
    await expect(impatient.call('PING')).rejects.toMatchObject({ fault: 'timeout' })
    server.resume()
    expect(await impatient.call('PING')).toBe('PONG')
  })
})
