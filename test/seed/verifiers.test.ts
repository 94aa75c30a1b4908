import { createHmac } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { startVerifiers } from './verifiers/start.ts'

const secret = 'whsec_γειά σου'
const { running, missing } = await startVerifiers(secret)
if (missing.length > 0) {
  console.error(
    `NOT TESTED: the seed's receivers for ${missing.join(', ')}: install it to test them.`,
  )
}

afterAll(async () => {
  await Promise.all(running.map((verifier) => verifier.stop()))
})

const minutes = 60_000
const body = JSON.stringify({ event: 'instance.down', data: { message: 'Connection refused' } })

function sign(timestamp: number | string, payload: string): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')
  return { 'x-webhook-timestamp': String(timestamp), 'x-webhook-signature': signature }
}

describe.each(running)('the receiver of the seed for $language', ({ url, next }) => {
  async function send(payload: string, headers: Record<string, string>) {
    const response = await fetch(url, {
      method: 'POST',
      body: payload,
      headers: { 'content-type': 'application/json', ...headers },
    })
    await response.arrayBuffer()
    return { status: response.status, said: await next() }
  }

  const verified = (event: string) => ({ status: 200, said: `verified ${event}` })
  const refused = { status: 401, said: 'refused' }

  test('verifies what is signed as the seed says', async () => {
    expect(await send(body, sign(Date.now(), body))).toEqual(verified('instance.down'))
  })

  test('verifies the bytes as they came, whatever is in them', async () => {
    const odd =
      '{ "event":"acl.modified",\n"data":{"affectedUser":"Ødegård 東京 🔔 \\u00e9","n":80.0} }'
    expect(await send(odd, sign(Date.now(), odd))).toEqual(verified('acl.modified'))
  })

  test('verifies a timestamp almost five minutes off, either way', async () => {
    const late = Date.now() - 4.9 * minutes
    const early = Date.now() + 4.9 * minutes
    expect(await send(body, sign(late, body))).toEqual(verified('instance.down'))
    expect(await send(body, sign(early, body))).toEqual(verified('instance.down'))
  })

  test('refuses a body that was changed', async () => {
    expect(await send(body.replace('down', 'gone'), sign(Date.now(), body))).toEqual(refused)
  })

  test('refuses a timestamp that was changed', async () => {
    const headers = sign(Date.now() - minutes, body)
    headers['x-webhook-timestamp'] = String(Date.now())
    expect(await send(body, headers)).toEqual(refused)
  })

  test.each(['x-webhook-signature', 'x-webhook-timestamp'])('refuses without %s', async (name) => {
    const { [name]: _, ...headers } = sign(Date.now(), body)
    expect(await send(body, headers)).toEqual(refused)
  })

  test.each([
    ['short', (signature: string) => signature.slice(0, -2)],
    ['long', (signature: string) => `${signature}00`],
    ['empty', () => ''],
    ['upper-case', (signature: string) => signature.toUpperCase()],
    ['foreign', () => 'ü'.repeat(64)],
  ])('refuses a signature that is %s', async (_, change) => {
    const headers = sign(Date.now(), body)
    const signature = change(headers['x-webhook-signature'] ?? '')
    expect(await send(body, { ...headers, 'x-webhook-signature': signature })).toEqual(refused)
  })

  test.each([
    ['more than five minutes old', () => Date.now() - 5.1 * minutes],
    ['more than five minutes ahead', () => Date.now() + 5.1 * minutes],
    ['in seconds', () => Math.floor(Date.now() / 1000)],
    ['not a whole number', () => `${Date.now()}.5`],
    ['followed by something', () => `${Date.now()}abc`],
    ['absurdly long', () => '9'.repeat(5000)],
  ])('refuses a timestamp that is %s, although it is signed', async (_, timestamp) => {
    expect(await send(body, sign(timestamp(), body))).toEqual(refused)
  })
})
