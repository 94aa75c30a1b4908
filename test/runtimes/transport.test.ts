import { setMaxListeners } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { abortSignalOf } from '../../src/rules/deadline.ts'
import type { TargetPolicy } from '../../src/rules/target.ts'
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from '../../src/rules/transport.ts'
import type { CreateHttpClient } from '../../src/runtimes/server/http-client.ts'
import { resolveHost } from '../../src/runtimes/server/lookup.ts'
import { createNativeClient } from '../../src/runtimes/server/native-client.ts'
import { createTransport, type TransportOptions } from '../../src/runtimes/server/transport.ts'
import { createUndiciClient } from '../../src/runtimes/server/undici-client.ts'
import { createAuthority, selfSigned } from '../support/certificate.ts'
import { type Receiver, type ReceiverOptions, startReceiver } from '../support/receiver.ts'

const development: TargetPolicy = { production: false, allow: [] }
const closers: (() => unknown)[] = []
/** The one under test. */
let client: CreateHttpClient = createNativeClient

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function transport(options: Partial<TransportOptions> = {}) {
  const made = createTransport({ policy: development, client, ...options })
  closers.push(() => made.close())
  return made
}

async function receiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const started = await startReceiver(options)
  closers.push(() => started.close())
  return started
}

function post(more: Partial<TransportRequest> = {}): TransportRequest {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"event":"memory.critical"}',
    signal: AbortSignal.timeout(5000),
    redirect: 'manual',
    ...more,
  }
}

async function text(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** The error a promise rejects with; a promise that does not is the test's failure. */
async function faultOf(promise: Promise<unknown>): Promise<TransportError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(TransportError)
  return error as TransportError
}

describe.each([
  ['node:http', createNativeClient],
  ['undici', createUndiciClient],
])('over %s', (_, create) => {
  beforeEach(() => {
    client = create
  })

  describe('an exchange', () => {
    it('sends the bytes and headers as given and brings back status, headers and body', async () => {
      const there = await receiver({
        respond: { status: 201, headers: { 'X-Answer': 'yes', 'Set-Cookie': 'a=1' }, body: 'späť' },
      })
      const response = await transport()(
        `${there.url}/hook?key=1`,
        post({ headers: { 'X-Webhook-Event': 'memory.critical' }, body: '{"a":"žltý"}' }),
      )

      expect(response.status).toBe(201)
      expect(response.headers.get('x-answer')).toBe('yes')
      expect(response.headers.get('X-ANSWER')).toBe('yes')
      expect(response.headers.get('x-none')).toBeNull()
      expect(await text(response)).toBe('späť')
      const [request] = there.requests
      expect(request).toMatchObject({ method: 'POST', path: '/hook?key=1', body: '{"a":"žltý"}' })
      expect(request?.rawHeaders).toContain('X-Webhook-Event')
      expect(request?.headers['content-length']).toBe('14')
      expect(request?.headers['transfer-encoding']).toBeUndefined()
    })

    it('lists every header of the answer, repeated ones joined', async () => {
      const server = await rawServer('HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\nContent-Length: 0\r\n\r\n')
      const response = await transport()(server.url, post())
      const seen: Record<string, string> = {}
      response.headers.forEach?.((value, name) => {
        seen[name] = value
      })
      expect(seen).toEqual({ a: '1, 2', 'content-length': '0' })
      expect(await text(response)).toBe('')
    })

    it.each([
      ['100', 'HTTP/1.1 100 Continue\r\n\r\n'],
      ['two of 100', 'HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 100 Go on\r\n\r\n'],
      [
        '102 and 103',
        'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
      ],
    ])('skips an interim answer that it did not ask for (%s)', async (_, interim) => {
      const whole = `${interim}HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nHTTP`
      const server = createServer((socket) =>
        socket.on('data', async (request) => {
          // The second time byte by byte.
          const pieces = request.includes('/slow') ? [...whole] : [whole]
          for (const piece of pieces) {
            socket.write(piece)
            await new Promise((resolve) => setImmediate(resolve))
          }
        }),
      )
      const url = await listen(server)
      let connections = 0
      server.on('connection', () => {
        connections += 1
      })
      const send = transport()
      for (const path of ['/', '/slow', '/']) {
        const response = await send(url + path, post())
        expect(response.status).toBe(201)
        expect(await text(response)).toBe('HTTP')
      }
      expect(connections).toBe(1)
    })

    it.each(['', 'ok'])(
      'asks no body of an answer that has none, whatever it announces (%j)',
      async (body) => {
        const server = await rawServer(
          `HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n${body}`,
        )
        const response = await transport()(server.url, post())
        expect(response.status).toBe(204)
        expect(await text(response)).toBe('')
      },
    )

    it('streams the body as it comes', async () => {
      const there = await receiver({ respond: { body: 'abc', trickleMs: 20 } })
      const response = await transport()(there.url, post())
      const chunks: string[] = []
      for await (const chunk of response.body ?? []) chunks.push(Buffer.from(chunk).toString())
      expect(chunks).toEqual(['a', 'b', 'c'])
    })

    it('lets the reader leave in the middle of an endless body', async () => {
      const there = await receiver({ respond: { hang: 'body', body: 'first' } })
      const response = await transport()(there.url, post())
      for await (const chunk of response.body ?? []) {
        expect(Buffer.from(chunk).toString()).toBe('first')
        break
      }
    })

    it('returns a redirect and does not follow it', async () => {
      const there = await receiver({
        respond: ({ path }) => (path === '/a' ? { status: 302, headers: { location: '/b' } } : 200),
      })
      const response = await transport()(`${there.url}/a`, post())
      expect(response.status).toBe(302)
      expect(response.headers.get('location')).toBe('/b')
      await text(response)
      expect(there.requests.map(({ path }) => path)).toEqual(['/a'])
    })

    it('is shaped so that fetch can stand in its place', async () => {
      const there = await receiver({ respond: { body: 'OK' } })
      const byFetch: Transport = (url, { signal, ...init }) =>
        fetch(url, { ...init, signal: abortSignalOf(signal) })
      const response = await byFetch(there.url, post())
      expect(response.status).toBe(200)
      expect(await text(response)).toBe('OK')
    })
  })

  describe('the signal', () => {
    it('ends the wait for an answer and says so', async () => {
      const there = await receiver({ respond: { hang: 'headers' } })
      const fault = await faultOf(
        transport()(there.url, post({ signal: AbortSignal.timeout(100) })),
      )
      expect(fault.errorClass).toBe('timeout')
      expect(fault.message).toBe(
        `timeout: 127.0.0.1:${there.port} accepted the request but did not answer in time`,
      )
      await expect.poll(() => there.open).toBe(0)
    })

    it.each(['hang', 'trickle'])('ends the wait for the rest of a body (%s)', async (kind) => {
      const there = await receiver({
        respond:
          kind === 'hang'
            ? { hang: 'body', body: 'part' }
            : { body: 'x'.repeat(1000), trickleMs: 10 },
      })
      const response = await transport()(there.url, post({ signal: AbortSignal.timeout(200) }))
      expect(response.status).toBe(200)
      const fault = await faultOf(text(response))
      expect(fault.errorClass).toBe('timeout')
      expect(fault.message).toContain('did not finish in time')
    })

    it('leaves no half-read body that could pass for a whole one', async () => {
      const there = await receiver({ respond: { body: 'x'.repeat(100_000) } })
      const controller = new AbortController()
      const response = await transport()(there.url, post({ signal: controller.signal }))
      const reason = new Error('stop')
      controller.abort(reason)
      await expect(text(response)).rejects.toBe(reason)
      await expect.poll(() => there.open).toBe(0)
    })

    it('ends a wait for a connection that is never made', async () => {
      const stuck = transport({ resolve: () => new Promise(() => {}) })
      const fault = await faultOf(
        stuck('http://slow.test/', post({ signal: AbortSignal.timeout(50) })),
      )
      expect(fault.errorClass).toBe('timeout')
      expect(fault.message).toBe('timeout: no connection to slow.test in time')
    })

    it('ends a wait for a server that is silent in the TLS handshake', async () => {
      const silent = await rawServer()
      const url = silent.url.replace('http:', 'https:')
      const fault = await faultOf(transport()(url, post({ signal: AbortSignal.timeout(100) })))
      expect(fault.errorClass).toBe('timeout')
      expect(fault.message).toContain('no connection to 127.0.0.1')
    })

    it('passes on the reason of an abort that is no timeout', async () => {
      const there = await receiver({ respond: { hang: 'headers' } })
      const controller = new AbortController()
      const sent = transport()(there.url, post({ signal: controller.signal }))
      await there.next()
      const reason = new Error('shutting down')
      controller.abort(reason)
      await expect(sent).rejects.toBe(reason)
    })

    it('sends nothing when it has fired already', async () => {
      const there = await receiver()
      const reason = new Error('too late')
      const sent = transport()(there.url, post({ signal: AbortSignal.abort(reason) }))
      await expect(sent).rejects.toBe(reason)
      expect(there.connections).toBe(0)
    })
  })

  describe('a failed exchange names its class and what to look at', () => {
    it('when nothing listens', async () => {
      const port = await freePort()
      const fault = await faultOf(transport()(`http://127.0.0.1:${port}/secret-path`, post()))
      expect(fault.errorClass).toBe('refused')
      expect(fault.message).toBe(`connection refused: nothing listens at 127.0.0.1:${port}`)
    })

    it('when a name with several addresses refuses at all of them', async () => {
      const port = await freePort()
      const both = transport({ resolve: async () => ['127.0.0.1', '127.0.0.2'] })
      const fault = await faultOf(both(`http://two.test:${port}/`, post()))
      expect(fault.errorClass).toBe('refused')
    })

    it('when the name does not exist', async () => {
      const fault = await faultOf(transport()('http://nosuch.invalid/', post()))
      expect(fault.errorClass).toBe('dns')
      expect(fault.message).toMatch(
        /^DNS: no (such host|name server answered for) nosuch\.invalid$/,
      )
    })

    it.each([
      ['ENOTFOUND', 'DNS: no such host gone.test'],
      ['EAI_AGAIN', 'DNS: no name server answered for gone.test'],
      ['EAI_FAIL', 'DNS: gone.test cannot be looked up (EAI_FAIL)'],
    ])('when the resolver says %s', async (code, message) => {
      const resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code }))
      const fault = await faultOf(transport({ resolve })('http://gone.test/', post()))
      expect(fault).toMatchObject({ errorClass: 'dns', message })
    })

    it('when the name has no address', async () => {
      const fault = await faultOf(
        transport({ resolve: async () => [] })('http://none.test/', post()),
      )
      expect(fault).toMatchObject({ errorClass: 'dns', message: 'DNS: no such host none.test' })
    })

    it('when the connection is cut before the answer', async () => {
      const there = await receiver({ respond: { destroy: 'headers' } })
      const fault = await faultOf(transport()(there.url, post()))
      expect(fault.errorClass).toBe('reset')
      expect(fault.message).toContain('without an answer')
      expect(there.requests).toHaveLength(1)
    })

    it.each<[string, Record<string, string>]>([
      ['of a known length', { 'content-length': '4' }],
      ['in chunks', {}],
    ])('when the connection is cut in a body %s, also before it is read', async (_, headers) => {
      const there = await receiver({ respond: { destroy: 'body', body: 'half', headers } })
      const response = await transport()(there.url, post())
      await expect.poll(() => there.open).toBe(0)
      const fault = await faultOf(text(response))
      expect(fault.errorClass).toBe('reset')
      expect(fault.message).toContain('in the middle of its answer')
    })

    it('when the answer is not HTTP', async () => {
      const server = await rawServer('-ERR wrong protocol\r\n')
      const fault = await faultOf(transport()(server.url, post()))
      expect(fault.errorClass).toBe('network')
      expect(fault.message).toContain('did not answer in HTTP/1.1')
    })

    it('without telling what a header holds', async () => {
      const there = await receiver()
      const fault = await faultOf(
        transport()(there.url, post({ headers: { Authorization: 'Bearer s3cr3t\n' } })),
      )
      expect(fault.errorClass).toBe('network')
      expect(fault.message).not.toContain('s3cr3t')
      expect(there.requests).toHaveLength(0)
    })
  })

  describe('certificates', () => {
    const authority = createAuthority()
    const localhost = (there: Receiver) => there.url.replace('127.0.0.1', 'localhost')

    it('of a trusted authority are accepted', async () => {
      const there = await receiver({ tls: authority.issue(), respond: { body: 'sealed' } })
      const response = await transport({ ca: [authority.cert] })(localhost(there), post())
      expect(await text(response)).toBe('sealed')
    })

    const long = 40 * 86_400_000
    it.each([
      ['self-signed', selfSigned(), /has a self-signed certificate/],
      ['of an unknown authority', createAuthority().issue(), /cannot be verified/],
      ['expired', authority.issue({ notAfter: new Date(Date.now() - 1000) }), /has expired/],
      [
        'not valid yet',
        authority.issue({
          notBefore: new Date(Date.now() + long / 2),
          notAfter: new Date(Date.now() + long),
        }),
        /not valid yet/,
      ],
      ['for another name', authority.issue({ name: 'other.test' }), /is for another name/],
    ])('that are %s are refused in words', async (_, tls, words) => {
      const there = await receiver({ tls })
      const fault = await faultOf(transport({ ca: [authority.cert] })(localhost(there), post()))
      expect(fault.errorClass).toBe('tls')
      expect(fault.message).toMatch(words)
      expect(fault.message).toContain(`localhost:${there.port}`)
      expect(there.requests).toHaveLength(0)
    })

    it('are missing where the server speaks plain HTTP', async () => {
      const there = await receiver()
      const fault = await faultOf(transport()(there.url.replace('http:', 'https:'), post()))
      expect(fault.errorClass).toBe('tls')
      expect(there.requests).toHaveLength(0)
    })

    it('are not looked at where the webhook says so, and only there', async () => {
      const there = await receiver({ tls: selfSigned(), respond: { body: 'sealed' } })
      const send = transport()
      const response = await send(localhost(there), post({ allowInvalidCerts: true }))
      expect(await text(response)).toBe('sealed')
      const fault = await faultOf(send(localhost(there), post()))
      expect(fault.errorClass).toBe('tls')
      expect(there.requests).toHaveLength(1)
    })
  })

  describe('forbidden targets', () => {
    it('given as literals are refused before anything is resolved or dialled', async () => {
      const resolve = () => Promise.reject(new Error('asked'))
      for (const url of [
        'http://10.0.0.1/',
        'http://[::ffff:7f00:1]/',
        'http://169.254.169.254/',
      ]) {
        const fault = await faultOf(transport({ resolve })(url, post()))
        expect(fault.errorClass).toBe('blocked')
        expect(fault.message).toContain('ALLOW_TARGETS')
      }
    })

    it('behind a name are refused when only one of its addresses is forbidden', async () => {
      const there = await receiver()
      const send = transport({ resolve: async () => ['127.0.0.1', '10.0.0.1'] })
      const fault = await faultOf(send(`http://mixed.test:${there.port}/`, post()))
      expect(fault.errorClass).toBe('blocked')
      expect(fault.message).toContain(
        'mixed.test resolves to a refused address: 10.0.0.1 is a private',
      )
      expect(there.connections).toBe(0)
    })

    it('are found when a name changes its answer between two connections', async () => {
      const there = await receiver()
      const answers = [['127.0.0.1'], ['10.0.0.1']]
      const send = transport({ resolve: async () => answers.shift() ?? [] })
      const url = `http://rebinding.test:${there.port}/`

      await text(await send(url, post()))
      // The connection that was judged may be used again; a new one is judged anew.
      await text(await send(url, post()))
      expect(there.connections).toBe(1)
      send.close()
      const fault = await faultOf(send(url, post()))
      expect(fault.errorClass).toBe('blocked')
      expect(there.requests).toHaveLength(2)
    })

    it('may be reached where the operator allows them', async () => {
      const there = await receiver({ tls: selfSigned() })
      const send = transport({ policy: { production: true, allow: ['127.0.0.0/8'] } })
      const response = await send(there.url, post({ allowInvalidCerts: true }))
      expect(response.status).toBe(200)
      await text(response)
    })

    it('are not confused with others: the address dialled is one that was judged', async () => {
      const there = await receiver()
      const asked: string[] = []
      const send = transport({
        resolve: async (name) => {
          asked.push(name)
          return ['127.0.0.1']
        },
      })
      const response = await send(`http://public.test:${there.port}/`, post())
      await text(response)
      expect(asked).toEqual(['public.test'])
      expect(there.requests[0]?.headers.host).toBe(`public.test:${there.port}`)
    })
  })

  describe('connections', () => {
    it('are used again', async () => {
      const there = await receiver()
      const send = transport()
      for (let n = 0; n < 5; n += 1) await text(await send(there.url, post()))
      expect(there.requests).toHaveLength(5)
      expect(there.connections).toBe(1)
    })

    it('are used again over TLS', async () => {
      const there = await receiver({ tls: selfSigned() })
      const send = transport()
      for (let n = 0; n < 5; n += 1) {
        await text(await send(there.url, post({ allowInvalidCerts: true })))
      }
      expect(there.connections).toBe(1)
    })

    it.each(['reset', 'end'] as const)('that died while idle (%s) cost nothing', async (death) => {
      const stale = await dyingServer(death)
      const send = transport()
      expect(await text(await send(stale.url, post()))).toBe('1')
      expect(await text(await send(stale.url, post()))).toBe('2')
      expect(stale.connections()).toBe(2)
    })

    it('that are fresh and cut are not tried again', async () => {
      const there = await receiver({ respond: { destroy: 'headers' } })
      await faultOf(transport()(there.url, post()))
      expect(there.requests).toHaveLength(1)
    })

    it('that die after the first byte of an answer are not tried again', async () => {
      const stale = await dyingServer('end', 'HTTP/1.1 2')
      const send = transport()
      expect(await text(await send(stale.url, post()))).toBe('1')
      const fault = await faultOf(send(stale.url, post()))
      expect(fault.errorClass).toBe('reset')
      expect(stale.connections()).toBe(1)
    })

    it('to one host are at most 64, and what waits gives up with its signal', async () => {
      const there = await receiver({ respond: { hang: 'headers' } })
      const send = transport()
      const controller = sharedController()
      const stop = new Error('stop')
      const busy = Array.from({ length: 64 }, () =>
        send(there.url, post({ signal: controller.signal })).catch((error: unknown) => error),
      )
      await there.next(64)
      const fault = await faultOf(send(there.url, post({ signal: AbortSignal.timeout(50) })))
      expect(fault.errorClass).toBe('timeout')
      expect(fault.message).toContain('earlier requests to it still hang')
      expect(there.connections).toBe(64)
      controller.abort(stop)
      expect(new Set(await Promise.all(busy))).toEqual(new Set([stop]))
    })

    it('to a hanging host do not delay another, and free their places', async () => {
      const hanging = await receiver({ respond: { hang: 'headers' } })
      const healthy = await receiver()
      const send = transport()
      const controller = sharedController()
      const surplus = Array.from({ length: 600 }, () =>
        send(hanging.url, post({ signal: controller.signal })).catch(() => 'ended'),
      )
      await hanging.next(64)
      expect((await send(healthy.url, post())).status).toBe(200)
      controller.abort(new Error('stop'))
      await Promise.all(surplus)
      hanging.respond(200)
      expect((await send(hanging.url, post())).status).toBe(200)
    })

    it('to many hosts do not starve each other, and at most 512 stay idle', async () => {
      const there = await receiver()
      const send = transport({ resolve: async () => ['127.0.0.1'] })
      const statuses = await Promise.all(
        Array.from({ length: 700 }, async (_, n) => {
          const response = await send(`http://h${n}.test:${there.port}/`, post())
          await text(response)
          return response.status
        }),
      )
      expect(statuses.every((status) => status === 200)).toBe(true)
      expect(there.requests).toHaveLength(700)
      await expect.poll(() => there.open).toBeLessThanOrEqual(512)
    })

    it('that are idle end with close, while exchanges under way go on', async () => {
      const there = await receiver({ respond: { body: 'done', delayMs: 50 } })
      const send = transport()
      await text(await send(there.url, post()))
      const underWay = send(there.url, post())
      await there.next(2)
      send.close()
      expect(await text(await underWay)).toBe('done')
      await text(await send(there.url, post()))
      expect(there.connections).toBe(2)
    })

    it('ask the resolver once for a burst to one name', async () => {
      const there = await receiver()
      let asked = 0
      const send = transport({
        resolve: async () => {
          asked += 1
          await new Promise((resolve) => setImmediate(resolve))
          return ['127.0.0.1']
        },
      })
      const url = `http://burst.test:${there.port}/`
      await Promise.all(Array.from({ length: 20 }, async () => text(await send(url, post()))))
      expect(there.requests).toHaveLength(20)
      expect(asked).toBe(1)
    })
  })
})

describe('resolveHost', () => {
  it('gives the addresses of a name', async () => {
    expect(await resolveHost('localhost')).toContain('127.0.0.1')
  })

  it('gives a literal as it is, without the brackets of a URL', async () => {
    expect(await resolveHost('[::1]')).toEqual(['::1'])
  })

  it('gives nothing for a name that does not exist or takes too long', async () => {
    expect(await resolveHost('nosuch.invalid')).toEqual([])
    expect(await resolveHost('slow.test', 10, () => new Promise(() => {}))).toEqual([])
  })
})

/** For a signal that many requests share. */
function sharedController(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** Answers every connection with these bytes and ends it; without any, stays silent. */
async function rawServer(answer?: string): Promise<{ url: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      if (answer !== undefined) socket.end(answer)
    })
  })
  return { url: await listen(server) }
}

/** Serves one request a connection, then waits for the next one only to cut the connection. */
async function dyingServer(
  death: 'reset' | 'end',
  lastWords = '',
): Promise<{ url: string; connections(): number }> {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.on('error', () => {})
    const body = String(connections)
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
      socket.once('data', () => {
        if (death === 'reset') socket.resetAndDestroy()
        else socket.end(lastWords)
      })
    })
  })
  return { url: await listen(server), connections: () => connections }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => sockets.add(socket))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${portOf(server)}`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return address.port
}
