import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type StartedValkey, startValkey } from '../../src/cli/valkey-server.ts'
import { connect } from '../../src/valkey/connection.ts'
import { type Certificate, createAuthority, selfSigned } from '../support/certificate.ts'
import { startPeer } from './peers.ts'

let server: StartedValkey
beforeAll(async () => {
  server = await startValkey()
})
afterAll(() => server.stop())

/** TLS in front of the server, so that a server built without it does as well. */
async function front(certificate: Certificate): Promise<number> {
  const sockets: TLSSocket[] = []
  const tls = createServer({ ...certificate }, (socket) => {
    sockets.push(socket)
    const behind = createConnection({ host: server.host, port: server.port })
    for (const side of [socket, behind]) side.on('error', () => {})
    socket.pipe(behind).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(tls, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    tls.close()
  })
  const address = tls.address()
  if (typeof address !== 'object' || !address) throw new Error('listening without a port')
  return address.port
}

async function fault(url: string, timeoutMs = 2000) {
  const connection = connect({ url, timeoutMs })
  onTestFinished(() => connection.close())
  return connection.call('PING').catch((error) => error)
}

test('a certificate that nobody vouches for is refused', async () => {
  const port = await front(selfSigned())
  expect(await fault(`rediss://localhost:${port}`)).toMatchObject({
    fault: 'tls',
    unanswered: true,
    message: expect.stringMatching(/^TLS failed: self.signed certificate$/),
  })
})

test('an answer without TLS is a fault of TLS', async () => {
  const plain = await startPeer((socket) => {
    socket.on('data', () => socket.write('-ERR Protocol error: unauthenticated\r\n'))
  })
  onTestFinished(plain.close)
  expect(await fault(`rediss://127.0.0.1:${plain.port}`)).toMatchObject({
    fault: 'tls',
    message: 'TLS failed: wrong version number',
  })
})

test('a server that waits for the rest of what it takes for a command is given up', async () => {
  const silent = await startPeer()
  onTestFinished(silent.close)
  expect(await fault(`rediss://127.0.0.1:${silent.port}`, 200)).toMatchObject({
    fault: 'timeout',
    message: 'No TLS connection within 200 ms',
  })
})

test('TLS where it was not asked for is a connection without an answer', async () => {
  const port = await front(selfSigned())
  expect(await fault(`redis://127.0.0.1:${port}`)).toMatchObject({ unanswered: true })
})

test('a certificate of an authority that is trusted lets the commands through', async () => {
  const authority = createAuthority()
  const port = await front(authority.issue({ name: 'localhost' }))
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-tls-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'ca.crt'), authority.cert)
  const connection = new URL('../../src/valkey/connection.ts', import.meta.url)
  // Which authorities are trusted is settled when a process starts.
  const program = `
    const { connect } = await import(${JSON.stringify(connection.href)})
    const valkey = connect({ url: 'rediss://localhost:${port}', timeoutMs: 5000 })
    console.log(await valkey.call('PING'))
    valkey.close()`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.crt') } },
  )
  expect(stdout.trim()).toBe('PONG')
})
