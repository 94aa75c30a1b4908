import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { listen } from '../../src/runtimes/node.ts'
import type { Listening } from '../../src/runtimes/server/listen.ts'
import { type BorrowedDatabase, borrowDatabase } from '../support/databases.ts'
import { type Asked, createService } from '../support/service.ts'

/** A real server: its requests are not those that `new Request` makes. */
let server: Listening
let database: BorrowedDatabase
let asked: Asked
let id: string

const webhook = { name: 'n', url: 'https://api.example.com', events: ['instance.down'] }

beforeAll(async () => {
  database = await borrowDatabase()
  const made = await createService(database)
  asked = made.asked
  const api = createApi(made.service)
  const fetch = async (request: Request, client: { address?: string }) => api.fetch(request, client)
  server = await listen(fetch, { port: 0, hostname: '127.0.0.1' })
  const answer = await send('POST', '/api/webhooks', JSON.stringify(webhook))
  id = JSON.parse(answer.text).id
})
afterAll(async () => {
  await server.close()
  await database.close()
})

interface Sending {
  readonly type?: string
  /** Sent in pieces, without saying how long it is. */
  readonly chunked?: boolean
}

function send(
  method: string,
  path: string,
  body?: string | Buffer,
  { type = 'application/json', chunked = false }: Sending = {},
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const length =
      chunked || body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }
    const headers = { ...(body !== undefined && { 'Content-Type': type }), ...length }
    const { port } = server
    const sent = httpRequest({ port, host: '127.0.0.1', method, path, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => resolve({ status: answer.statusCode, text }))
    })
    sent.on('error', reject)
    if (chunked && body !== undefined)
      for (let at = 0; at < body.length; at += 60_000) sent.write(body.slice(at, at + 60_000))
    else if (body !== undefined) sent.write(body)
    sent.end()
  })
}

describe('a request without a body', () => {
  test.each([
    ['POST', 405],
    ['DELETE', 404],
  ])('is answered: %s', async (method, status) => {
    expect((await send(method, '/api/webhooks/nothing')).status).toBe(status)
  })

  test('is answered where one may be left out', async () => {
    const path = `/api/webhooks/${id}/test`
    expect((await send('POST', path)).status).toBe(200)
    for (const type of ['application/json', 'application/x-www-form-urlencoded'])
      for (const chunked of [true, false])
        expect((await send('POST', path, '', { type, chunked })).status).toBe(200)
  })
})

describe('a body', () => {
  test('is read whole, in one piece or in many', async () => {
    const name = 'ü漢'.repeat(50)
    const text = JSON.stringify({ ...webhook, name, headers: { 'X-Pad': 'x'.repeat(8000) } })
    for (const chunked of [true, false]) {
      const answer = await send('POST', '/api/webhooks', `${text}${' '.repeat(300_000)}`, {
        chunked,
      })
      expect(answer.status).toBe(201)
      expect(JSON.parse(answer.text)).toMatchObject({ name })
    }
  })

  test('that is too large is refused, in one piece or in many', async () => {
    const large = Buffer.alloc(1_048_577, ' ')
    for (const chunked of [true, false])
      expect((await send('POST', '/api/webhooks', large, { chunked })).status).toBe(413)
  })

  test('of another type is refused', async () => {
    const text = JSON.stringify(webhook)
    expect((await send('POST', '/api/webhooks', text, { type: 'text/plain' })).status).toBe(415)
  })
})

test('nothing of this was a fault of ours', () => {
  expect(asked.logged).toEqual([])
})

test('a body that is cut short is the fault of who sent it: nothing is logged', async () => {
  const before = asked.logged.length
  const path = `/api/webhooks/${id}`
  const socket = connect(server.port, '127.0.0.1')
  const head = ['Host: localhost', 'Content-Type: application/json', 'Content-Length: 100']
  socket.write(
    `PATCH ${path} HTTP/1.1\r\n${[...head, 'Expect: 100-continue'].join('\r\n')}\r\n\r\n`,
  )
  await once(socket, 'data')
  socket.destroy()
  expect((await send('PATCH', path, '{"name": "whole"}')).status).toBe(200)
  expect(asked.logged.slice(before)).toEqual([])
})
