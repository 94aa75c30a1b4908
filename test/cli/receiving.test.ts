import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verify } from '../../src/verify.ts'

const launcher = fileURLToPath(new URL('../../src/cli/tocsin.js', import.meta.url))
const secret = 'your-secret-key'
const body = '{"id":"evt-1","event":"instance.down"}'
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-receiving-'))
  await writeFile(join(folder, 'secret'), `${secret}\nwhsec_b2xk\n`)
})
afterAll(() => rm(folder, { recursive: true }))

async function tocsin(args: readonly string[], input = '', WEBHOOK_SECRET = secret) {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, WEBHOOK_SECRET },
    stdio: 'pipe',
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const exited = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await exited
  return { code, stdout, stderr }
}

describe.each(['listen', 'sign', 'verify', 'trigger'])('tocsin %s', (command) => {
  test('explains itself with an example, and refuses flags it does not know', async () => {
    const [help, wrong] = await Promise.all([
      tocsin([command, '--help']),
      tocsin([command, '--bogus']),
    ])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toMatch(new RegExp(`Example:\n.*tocsin ${command} `, 's'))
    expect(wrong.code).not.toBe(0)
    expect(wrong.stderr).toContain("unknown option '--bogus'")
  })
})

test('what tocsin sign prints makes a request that tocsin verify finds genuine', async () => {
  const signed = await tocsin(['sign', '--scheme', 'dakkio'], body)
  expect(signed).toMatchObject({ code: 0, stderr: '' })
  const request = `POST / HTTP/1.1\n${signed.stdout}\n${body}`
  const [genuine, forged, unknown] = await Promise.all([
    tocsin(['verify'], request),
    tocsin(['verify'], `${request} `),
    tocsin(['verify', join(folder, 'absent')]),
  ])
  expect(genuine).toMatchObject({ code: 0, stdout: expect.stringContaining('verified: dakkio') })
  expect(forged).toMatchObject({ code: 1, stdout: expect.stringContaining('bad_signature') })
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be read') })
})

test('secrets come from a file, several while one is rotated, and are asked for', async () => {
  const args = ['sign', '--json', '--secret-file', join(folder, 'secret'), '--at', '1706457600000']
  const [signed, none] = await Promise.all([tocsin(args, body, ''), tocsin(['sign'], body, '')])
  const headers = JSON.parse(signed.stdout)
  for (const one of [secret, 'whsec_b2xk'])
    expect(await verify({ headers, body, secret: one, now: 1706457600000 })).toMatchObject({
      ok: true,
    })
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('set WEBHOOK_SECRET') })
})
