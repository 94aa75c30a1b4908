import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type StartedValkey, type StartOptions, startValkey } from '../../src/cli/valkey-server.ts'
import type { ValkeyError } from '../../src/plugin/valkey.ts'
import { connect, type ValkeyConnection } from '../../src/valkey/connection.ts'
import { startPeer } from './peers.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function server(options?: StartOptions): Promise<StartedValkey> {
  const started = await startValkey(options)
  cleanups.push(started.stop)
  return started
}

async function peer(...args: Parameters<typeof startPeer>) {
  const started = await startPeer(...args)
  cleanups.push(started.close)
  return started
}

function to(url: string, timeoutMs = 2000): ValkeyConnection {
  const connection = connect({ url, timeoutMs })
  cleanups.push(connection.close)
  return connection
}

const failure = (promise: Promise<unknown>): Promise<ValkeyError> =>
  promise.then(
    (value) => Promise.reject(new Error(`answered ${value}`)),
    (error) => error,
  )

/** Asks until the server answers as hoped. */
async function until<T>(ask: () => Promise<T>, hoped: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (hoped(answer)) return answer
  }
}

describe('a call', () => {
  test('answers strings, numbers, nothing and lists as they come', async () => {
    const connection = to((await server()).url)
    expect(await connection.call('PING')).toBe('PONG')
    expect(await connection.call('DBSIZE')).toBe(0)
    expect(await connection.call('GET', 'nothing')).toBeNull()
    expect(await connection.call('CONFIG', 'GET', 'port')).toEqual(['port', expect.any(String)])
    expect(await connection.call('SLOWLOG', 'GET', 128)).toEqual([])
    expect(await connection.call('ECHO', 'grüße ☃')).toBe('grüße ☃')
  })

  test('connects only when the first one is made', async () => {
    const silent = await peer()
    const connection = to(silent.url, 100)
    await new Promise((resolve) => setImmediate(resolve))
    expect(silent.accepted()).toBe(0)
    await failure(connection.call('PING'))
    expect(silent.accepted()).toBe(1)
  })

  test('travels with those made beside it, before any of them is answered', async () => {
    const waits = await peer((socket) => {
      let heard = ''
      socket.on('data', (chunk) => {
        heard += chunk
        if (/PING.*INFO.*ECHO/s.test(heard)) socket.write('+one\r\n+two\r\n+three\r\n')
      })
    })
    const connection = to(waits.url)
    const beside = [connection.call('PING'), connection.call('INFO'), connection.call('ECHO', 'x')]
    expect(await Promise.all(beside)).toEqual(['one', 'two', 'three'])
    expect(waits.accepted()).toBe(1)
  })

  test('is written with those made beside it in one piece, and with nothing else', async () => {
    const heard: string[] = []
    const records = await peer((socket) => {
      socket.on('data', (chunk) => {
        heard.push(`${chunk}`)
        socket.write('+one\r\n+two\r\n')
      })
    })
    const connection = to(records.url)
    await Promise.all([connection.call('PING'), connection.call('DBSIZE')])
    expect(heard).toEqual(['*1\r\n$4\r\nPING\r\n*1\r\n$6\r\nDBSIZE\r\n'])
  })

  test('rejects with the error of its own command and leaves its neighbours alone', async () => {
    const connection = to((await server()).url)
    const [unknown, disabled, pong] = await Promise.all([
      failure(connection.call('NOPE', 'hunter2')),
      failure(connection.call('CLUSTER', 'INFO')),
      connection.call('PING'),
    ])
    expect(unknown).toMatchObject({ fault: 'unsupported', unanswered: false })
    expect(unknown.message).not.toContain('hunter2')
    expect(disabled.fault).toBe('unsupported')
    expect(pong).toBe('PONG')
  })
})

describe('a server that gives no answer', () => {
  test('refuses', async () => {
    const gone = await peer()
    await gone.close()
    cleanups.pop()
    const error = await failure(to(gone.url).call('PING'))
    expect(error).toMatchObject({ fault: 'refused', message: 'Connection refused' })
  })

  test('has a name that does not exist', async () => {
    // Longer than a label of a name may be, so that no name server is asked.
    const error = await failure(to(`redis://${'x'.repeat(64)}.invalid`).call('PING'))
    expect(error).toMatchObject({ fault: 'dns', unanswered: true })
  })

  test.each(['', ':secret@', 'user:secret@'])(
    'accepts and stays silent: every call ends at the deadline (%s)',
    async (login) => {
      const silent = await peer()
      const connection = to(silent.url.replace('//', `//${login}`), 300)
      const start = performance.now()
      const errors = await Promise.all([
        failure(connection.call('PING')),
        failure(connection.call('INFO')),
      ])
      const took = performance.now() - start
      expect(errors).toMatchObject([
        { fault: 'timeout', message: 'No answer within 300 ms' },
        { fault: 'timeout', message: 'No answer within 300 ms' },
      ])
      expect(took).toBeGreaterThan(290)
      expect(took).toBeLessThan(900)
    },
  )

  test('does not even complete the handshake of TCP', async () => {
    const full = await server({ args: ['--tcp-backlog', '1'] })
    full.pause()
    // The backlog filled, the system drops every further SYN.
    for (let n = 0; n < 8; n++) {
      const socket = createConnection({ host: full.host, port: full.port }).on('error', () => {})
      cleanups.push(() => socket.destroy())
    }
    const start = performance.now()
    const error = await failure(to(full.url, 300).call('PING'))
    expect(error).toMatchObject({ fault: 'timeout', message: 'No connection within 300 ms' })
    expect(performance.now() - start).toBeLessThan(900)
  })

  test('closes the connection at once', async () => {
    const closes = await peer((socket) => socket.end())
    expect(await failure(to(closes.url).call('PING'))).toMatchObject({ fault: 'closed' })
  })

  test('is another kind of server', async () => {
    const web = await peer((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    expect(await failure(to(web.url).call('PING'))).toMatchObject({ fault: 'closed' })
  })
})

describe('a connection', () => {
  test('is kept between calls', async () => {
    const started = await server()
    const connection = to(started.url)
    const id = await connection.call('CLIENT', 'ID')
    expect(await connection.call('CLIENT', 'ID')).toBe(id)
  })

  test('never takes a late answer for the next one', async () => {
    const started = await server()
    const connection = to(started.url, 200)
    await connection.call('PING')
    started.pause()
    expect(await failure(connection.call('ECHO', 'first'))).toMatchObject({ fault: 'timeout' })
    started.resume()
    expect(await connection.call('ECHO', 'second')).toBe('second')
  })

  test('is made anew by the next call when the server was killed and is back', async () => {
    const first = await startValkey()
    const connection = to(first.url)
    await connection.call('PING')
    first.pause()
    const pending = failure(connection.call('PING'))
    await first.stop()
    expect(await pending).toMatchObject({ fault: 'closed', unanswered: true })
    expect(await failure(connection.call('PING'))).toMatchObject({ fault: 'refused' })
    await server({ port: first.port })
    expect(await connection.call('PING')).toBe('PONG')
  })

  test('that the server closed while idle is not noticed by the next call', async () => {
    const started = await server()
    const [idle, admin] = [to(started.url), to(started.url)]
    const id = await idle.call('CLIENT', 'ID')
    await admin.call('CLIENT', 'KILL', 'ID', Number(id))
    await until(
      () => admin.call('CLIENT', 'LIST').then(String),
      (list) => !list.includes(`id=${id} `),
    )
    expect(await idle.call('PING')).toBe('PONG')
  })

  test('rejects what is under way, and every later call, once it is closed', async () => {
    const silent = await peer()
    const connection = to(silent.url)
    const pending = failure(connection.call('PING'))
    connection.close()
    expect(await pending).toMatchObject({ fault: 'closed' })
    expect(await failure(connection.call('PING'))).toMatchObject({ fault: 'closed' })
  })

  test('closed before its first call never connects', async () => {
    const silent = await peer()
    const connection = to(silent.url)
    connection.close()
    await failure(connection.call('PING'))
    expect(silent.accepted()).toBe(0)
  })

  test('lets go of the server when it is closed', async () => {
    let leaves: Promise<unknown> | undefined
    const watches = await peer((socket) => {
      socket.on('data', () => socket.write('+PONG\r\n'))
      leaves = once(socket, 'end')
    })
    const connection = to(watches.url)
    await connection.call('PING')
    connection.close()
    expect(await leaves).toEqual([])
  })
})

describe('a server that is up and will not serve us', () => {
  test.each(['', ':secret@'])(
    'is full (login "%s"); the kept connection goes on',
    async (login) => {
      const full = await server({ args: ['--maxclients', '3'] })
      const kept = to(full.url)
      await kept.call('PING')
      const url = full.url.replace('//', `//${login}`)
      const errors = await until(
        async () => {
          const connection = to(url)
          return Promise.allSettled([connection.call('PING'), connection.call('INFO')])
        },
        ([first]) => first?.status === 'rejected',
      )
      for (const error of errors)
        expect(error).toMatchObject({ reason: { fault: 'max_clients', unanswered: false } })
      expect(await kept.call('PING')).toBe('PONG')
    },
  )

  test('is busy with a script', async () => {
    const started = await server({ args: ['--lua-time-limit', '20'] })
    const [scripts, asks] = [to(started.url), to(started.url)]
    await asks.call('PING')
    const script = failure(scripts.call('EVAL', 'while true do end', 0))
    const error = await until(
      () => asks.call('PING').catch((fault: ValkeyError) => fault),
      (answer) => answer !== 'PONG',
    )
    expect(error).toMatchObject({ fault: 'busy', unanswered: false })
    await asks.call('SCRIPT', 'KILL')
    expect(await script).toMatchObject({ fault: 'error' })
  })

  test('is loading its data, and answers INFO meanwhile', async () => {
    const primary = await server({ args: ['--repl-diskless-sync', 'no'] })
    const filling = to(primary.url)
    // Incompressible and large: a server looks at its clients once in 2 MB of loading.
    const value = randomBytes(512 * 1024).toString('base64')
    for (let n = 0; n < 12; n++) await filling.call('SET', `key:${n}`, value)

    const replica = await server({ args: ['--key-load-delay', '100000'] })
    const asks = to(replica.url, 10_000)
    await asks.call('REPLICAOF', primary.host, primary.port)
    const error = await until(
      () => asks.call('PING').catch((fault: ValkeyError) => fault),
      (answer) => answer !== 'PONG',
    )
    expect(error).toMatchObject({ fault: 'loading', unanswered: false })
    expect(await asks.call('INFO', 'all')).toContain('loading:1')
  })
})
