import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'
import { mendedPostgres } from '../../src/cli/mended-postgres.js'

/** Messages of a server (PostgreSQL manual, "Message Formats"): it asks for no password, and is ready. */
const authenticated = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0])
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

/** One query, as the service makes one; what becomes of it is written. */
const program = `
  import postgres from 'postgres'
  const sql = postgres(process.argv[2], { max: 1, backoff: () => 0.1, connect_timeout: 5 })
  const said = await sql.unsafe('select 1').then(() => 'answered', (error) => error.code)
  console.log(said)
  await sql.end({ timeout: 0 })`

/** Takes one connection, and crashes as soon as it is asked the first question on it. */
async function startCrashing(): Promise<Server> {
  const server = createServer((socket: Socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([authenticated, ready]))
      socket.once('data', () => {
        server.close()
        socket.destroy()
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return server
}

test('a database that crashes as a connection is opened is an error, and not the end of the process', async () => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [mendedPostgres],
  })
  const server = await startCrashing()
  const { port } = server.address() as AddressInfo
  const code = outputFiles[0]?.text ?? ''
  const place = `postgres://tocsin@127.0.0.1:${port}/tocsin`
  const child = spawn(process.execPath, ['--input-type=module', '-', place], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  child.stdin.end(code)
  const [status] = await once(child, 'close')
  expect({ said: said.trim(), status }).toEqual({ said: 'ECONNREFUSED', status: 0 })
})
