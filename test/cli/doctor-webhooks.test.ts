import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { reach } from '../../src/cli/doctor-webhooks.ts'
import { selfSigned } from '../support/certificate.ts'

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('listening without a port')
  return address.port
}

test('receivers are connected to, sent nothing, and told apart by what is wrong', async () => {
  let received = 0
  const plain = await listening(
    createServer((socket) => socket.on('data', (bytes) => (received += bytes.length))),
  )
  const secure = await listening(createTlsServer(selfSigned(), (socket) => socket.resume()))
  const closed = createServer()
  const gone = await listening(closed)
  closed.close()
  const webhooks = [
    { name: 'there', url: `http://127.0.0.1:${plain}/secret-path`, enabled: true },
    { name: 'gone', url: `http://127.0.0.1:${gone}/`, enabled: true },
    { name: 'off', url: `http://127.0.0.1:${gone}/`, enabled: false },
    { name: 'strict', url: `https://localhost:${secure}/`, enabled: true },
    { name: 'lax', url: `https://localhost:${secure}/`, enabled: true, allowInvalidCerts: true },
    { name: 'nowhere', url: 'https://no-such-host.invalid/', enabled: true },
  ]
  const reached = await reach(webhooks, 3000)
  expect(reached).toMatchObject([
    { name: 'there', ok: true, detail: `127.0.0.1:${plain} can be reached` },
    { name: 'gone', ok: false, detail: expect.stringContaining('connection refused') },
    { name: 'strict', ok: false, detail: expect.stringContaining('self-signed') },
    { name: 'lax', ok: true },
    { name: 'nowhere', ok: false, detail: expect.stringContaining('DNS') },
  ])
  expect(JSON.stringify(reached)).not.toContain('secret-path')
  expect(received).toBe(0)
})

test('one that takes no connection of TLS is given up', async () => {
  const silent = await listening(createServer((socket) => socket.resume()))
  const url = `https://127.0.0.1:${silent}/`
  expect(await reach([{ name: 'silent', url, enabled: true }], 100)).toMatchObject([
    { ok: false, detail: expect.stringContaining('timeout') },
  ])
})
