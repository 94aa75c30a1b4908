import { describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { useApi } from '../support/api.ts'
import { createCall, pointers } from '../support/api-client.ts'
import { createService } from '../support/service.ts'

const { database, service, call } = useApi()
const webhook = { name: 'n', url: 'https://api.example.com', events: ['instance.down'] }
const json = 'application/json'

describe('a request that no route answers', () => {
  test.each(['/nothing', '/api', '/api/webhooks/a/b', '/api/webhooks/', '/API/webhooks'])(
    'is not found: %s',
    async (path) => {
      const answer = await call('GET', path)
      expect(answer.status).toBe(404)
      expect(answer.body).toMatchObject({ type: '/problems/not-found' })
    },
  )

  test.each([
    ['DELETE', '/api/webhooks', 'GET, HEAD, POST'],
    ['POST', '/api/webhooks/some-id', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['POST', '/api/webhooks/allowed-events', 'GET, HEAD'],
    ['PUT', '/api/webhooks/some-id/deliveries', 'GET, HEAD, DELETE'],
    ['GET', '/api/webhooks/some-id/retry', 'POST'],
    ['PUT', '/api/instances/some-id', 'GET, HEAD, PATCH, DELETE'],
    ['OPTIONS', '/api/events', 'POST, GET, HEAD'],
    ['POST', '/healthz', 'GET, HEAD'],
  ])('with the wrong method names the right ones: %s %s', async (method, path, allow) => {
    const answer = await call(method, path)
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe(allow)
  })

  test('a HEAD is answered like a GET, without a body', async () => {
    const { fetch } = createApi(service)
    const response = await fetch(new Request('http://localhost/api/webhooks', { method: 'HEAD' }))
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })
})

describe('a body', () => {
  const send = (body: string, type?: string) =>
    call('POST', '/api/webhooks', {
      body,
      headers: type === undefined ? {} : { 'Content-Type': type },
    })

  test.each(['{', '{"name": "a",}', "{'name': 'a'}", 'name=a'])(
    'that is not JSON is refused without being repeated: %s',
    async (body) => {
      const answer = await send(`${body} s3cret`)
      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({ type: '/problems/malformed-json' })
      expect(answer.text).not.toContain('s3cret')
    },
  )

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'json'])(
    'sent as %s is refused, saying what to send',
    async (type) => {
      const answer = await send(JSON.stringify(webhook), type)
      expect(answer.status).toBe(415)
      expect(answer.body).toMatchObject({
        detail: expect.stringContaining('Send Content-Type: application/json'),
      })
    },
  )

  test('without a content type is refused too', async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(webhook))
    const request = new Request('http://localhost/api/webhooks', { method: 'POST', body: bytes })
    expect((await createApi(service).fetch(request)).status).toBe(415)
  })

  test.each([json, `${json}; charset=utf-8`, 'Application/JSON', 'application/merge-patch+json'])(
    'sent as %s is read',
    async (type) => {
      expect((await send(JSON.stringify(webhook), type)).status).toBe(201)
    },
  )

  test('that is encoded, or is not UTF-8, is refused rather than guessed at', async () => {
    const headers = { 'Content-Type': json, 'Content-Encoding': 'gzip' }
    const encoded = await call('POST', '/api/webhooks', { body: webhook, headers })
    expect(encoded.status).toBe(415)
    const bytes = new TextEncoder().encode(JSON.stringify({ ...webhook, name: '?' }))
    bytes[bytes.indexOf(0x3f)] = 0xff
    const request = new Request('http://localhost/api/webhooks', {
      method: 'POST',
      headers: { 'Content-Type': json },
      body: bytes,
    })
    const answer = await createApi(service).fetch(request)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ type: '/problems/malformed-json' })
  })

  test('that is empty is none, whatever its content type', async () => {
    for (const type of [json, 'application/x-www-form-urlencoded']) {
      const answer = await send('', type)
      expect(answer.status).toBe(400)
      expect(pointers(answer)).toEqual(expect.arrayContaining(['/name', '/url', '/events']))
    }
  })

  const padded = (bytes: number) => {
    const text = JSON.stringify(webhook)
    return text + ' '.repeat(bytes - text.length)
  }
  const mebibyte = 1_048_576

  test('of 1 MiB is read, one byte more is not', async () => {
    expect((await send(padded(mebibyte))).status).toBe(201)
    expect((await send(padded(mebibyte + 1))).status).toBe(413)
  })

  test('of 5 MiB is read where events are published, one byte more is not', async () => {
    const events = (bytes: number) => {
      const text = '{"type":"instance.down","data":{"reason":"x"}}'
      return call('POST', '/api/events', { body: text + ' '.repeat(bytes - text.length) })
    }
    expect((await events(5 * mebibyte)).status).toBe(202)
    expect((await events(5 * mebibyte + 1)).status).toBe(413)
  })

  test('that says how long it is need not be read to be refused', async () => {
    const answer = await call('POST', '/api/webhooks', {
      body: '{}',
      headers: { 'Content-Length': String(mebibyte + 1) },
    })
    expect(answer.status).toBe(413)
  })
})

describe('authorization', () => {
  const refusing = async (status: 401 | 403) => {
    const made = await createService(database, {
      authorize: async () => ({ ok: false, status, detail: 'Send a token.' }),
    })
    return createCall(made.service)
  }

  test('is asked for before anything else is', async () => {
    const call = await refusing(401)
    for (const [method, path] of [
      ['GET', '/api/webhooks'],
      ['POST', '/api/webhooks'],
      ['GET', '/api/webhooks/x/secret'],
      ['GET', '/api/events'],
      ['GET', '/nothing'],
    ] as const) {
      const answer = await call(method, path, method === 'POST' ? { body: '{' } : {})
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tocsin"')
      expect(answer.body).toMatchObject({ detail: 'Send a token.' })
    }
  })

  test('that is refused for good is a 403', async () => {
    const answer = await (await refusing(403))('GET', '/api/webhooks')
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })

  test.each(['/', '/healthz', '/readyz', '/openapi.json'])('is not needed for %s', async (path) => {
    expect((await (await refusing(401))('GET', path)).status).toBe(200)
  })

  test('is given the request and who sends it', async () => {
    const seen: unknown[] = []
    const made = await createService(database, {
      async authorize(request, client) {
        seen.push(request.headers.get('authorization'), client.address)
        return { ok: true, principal: { tokenId: null, name: 'tests', scopes: ['admin'] } }
      },
    })
    const { fetch } = createApi(made.service)
    const headers = { Authorization: 'Bearer t' }
    await fetch(new Request('http://localhost/api/plugins', { headers }), { address: '10.0.0.9' })
    await fetch(new Request('http://localhost/api/plugins'))
    expect(seen).toEqual(['Bearer t', '10.0.0.9', null, undefined])
  })
})

describe('every answer', () => {
  test('names its request, by the name the client gave it where it gave one', async () => {
    const headers = { 'X-Request-Id': 'of-the-client' }
    for (const path of ['/healthz', '/nothing', '/api/webhooks/x', '/api/webhooks'])
      expect((await call('GET', path, { headers })).headers.get('x-request-id')).toBe(
        'of-the-client',
      )
    const odd = { 'X-Request-Id': 'a b<script>' }
    const answer = await call('GET', '/healthz', { headers: odd })
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  })

  test('may be neither framed, nor run, nor kept by caches', async () => {
    const { headers } = await call('GET', '/api/webhooks')
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    )
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('strict-transport-security')).toMatch(/max-age=/)
  })

  test('lets no other site read it', async () => {
    const answer = await call('GET', '/healthz', { headers: { Origin: 'https://evil.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})
