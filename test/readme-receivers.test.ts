import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { composeRequest, formatEvent } from 'tocsin/testing'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { betterdb } from '../src/formats/betterdb.ts'
import { buildGo, isInstalled } from './seed/verifiers/start.ts'
import { freePort } from './support/free-port.ts'

const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))
// What receivers import is built; here from the sources as they are.
await promisify(execFile)(process.execPath, [file('../src/cli/bundle.js')])
// Within the package: `tocsin/verify` is found from there only.
const folder = await mkdtemp(join(file('../dist/'), 'readme-receivers-'))
const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })]
afterAll(() => Promise.all(stops.map((stop) => stop())))

/** Writes the block of the README whose first line names `name`; the path of it. */
async function extract(name: string, change = (code: string) => code): Promise<string> {
  const blocks = [...readme.matchAll(/```\w+\n(.*?)```/gs)].map(([, code = '']) => code)
  const found = blocks.find((code) => code.split('\n', 1)[0]?.endsWith(` ${name}`))
  if (found === undefined) throw new Error(`the README has no block that starts with ${name}`)
  await writeFile(join(folder, name), change(found))
  return join(folder, name)
}

type Send = (headers: Record<string, string>, body: string) => Promise<number>
type Command = readonly [program: string, ...parameters: string[]]

/** Runs a receiver of the README, on a free port instead of the printed one. */
async function run(name: string, command: (path: string) => Promise<Command>): Promise<Send> {
  const port = await freePort()
  const path = await extract(name, (code) => {
    expect(code).toContain('3002')
    return code.replace('3002', String(port))
  })
  const [program, ...parameters] = await command(path)
  const env = { ...process.env, WEBHOOK_SECRET: secret }
  const child = spawn(program, parameters, { env, stdio: 'ignore' })
  const ended = once(child, 'exit')
  stops.push(async () => {
    child.kill()
    await ended
  })
  const send: Send = async (headers, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/webhooks`, {
      method: 'POST',
      headers,
      body,
    })
    await response.arrayBuffer()
    return response.status
  }
  // Nothing a receiver prints says that it listens.
  await vi.waitFor(async () => expect(await send({}, '')).toBe(401), { timeout: 20_000 })
  return send
}

async function hono(): Promise<Send> {
  const { default: app } = await import(await extract('worker.ts'))
  return async (headers, body) => {
    const request = new Request('http://localhost/webhooks', { method: 'POST', headers, body })
    const log = vi.spyOn(console, 'log').mockReturnValue()
    const { status } = await app.fetch(request, { WEBHOOK_SECRET: secret })
    expect(log).toHaveBeenCalledTimes(status === 204 ? 1 : 0)
    log.mockRestore()
    return status
  }
}

const languages: readonly { name: string; check: Command; start: () => Promise<Send> }[] = [
  {
    name: 'Node',
    check: [process.execPath, '--version'],
    start: () => run('receiver.mjs', async (path) => [process.execPath, path]),
  },
  { name: 'Hono', check: [process.execPath, '--version'], start: hono },
  {
    name: 'Python',
    check: ['python3', '--version'],
    start: () => run('receiver.py', async (path) => ['python3', path]),
  },
  {
    name: 'Go',
    check: ['go', 'version'],
    start: () => run('receiver.go', (path) => buildGo(folder, path)),
  },
]
const started = await Promise.all(
  languages.map(async ({ name, check, start }) => ({
    name,
    send: (await isInstalled({ check })) ? await start() : undefined,
  })),
)
const running = started.flatMap(({ name, send }) => (send ? [{ name, send }] : []))
for (const { name, send } of started)
  if (!send) console.error(`NOT TESTED: the README's receiver for ${name}: install it to test it.`)

/** A delivery as the service sends it; two secrets as in a rotation. */
async function delivery(secrets: readonly string[] = [secret], ageMs = 0) {
  const event = formatEvent({ data: { reason: 'Größe überschritten 🚨', value: 80.5 } })
  return composeRequest(betterdb, [event], { secrets, timestamp: Date.now() - ageMs })
}

describe.each(running)('the receiver printed in the README for $name', ({ send }) => {
  test('takes a delivery of the service', async () => {
    const { headers, body } = await delivery()
    expect(await send(headers, body)).toBe(204)
    expect(await send(headers, `${body} `)).toBe(401)
    expect(await send({ ...headers, 'X-Webhook-Timestamp': String(Date.now() + 1) }, body)).toBe(
      401,
    )
    expect(await send({ ...headers, 'X-Webhook-Signature': 'sha256=test' }, body)).toBe(401)
    expect(await send({ ...headers, 'X-Webhook-Signature': 'ü' }, body)).toBe(401)
  })

  test('takes it while the secret is rotated, whichever it knows', async () => {
    const { headers, body } = await delivery(['the new one', secret])
    expect(await send(headers, body)).toBe(204)
    const { 'X-Webhook-Signature-Previous': _, ...without } = headers
    expect(await send(without, body)).toBe(401)
  })

  test.each([
    [290_000, 204],
    [-290_000, 204],
    [310_000, 401],
    [-310_000, 401],
  ])('answers one that was signed %i ms ago with %i', async (ageMs, status) => {
    const { headers, body } = await delivery([secret], ageMs)
    expect(await send(headers, body)).toBe(status)
  })
})
