import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TransportResponse } from '../../../src/rules/transport.ts'
import { createTransport } from '../../../src/runtimes/workers/transport.ts'
import { type Receiver, startReceiver } from '../../support/receiver.ts'

let receiver: Receiver
beforeAll(async () => {
  receiver = await startReceiver({
    respond: ({ path }) =>
      path === '/moved' ? { status: 302, headers: { Location: '/elsewhere' } } : { body: 'thanks' },
  })
})
afterAll(() => receiver.close())

const send = createTransport({ production: false, allow: [] })
const request = () =>
  ({
    method: 'POST',
    headers: { 'X-Own': 'yes' },
    body: '{"a":1}',
    signal: AbortSignal.timeout(5000),
    redirect: 'manual',
  }) as const

async function text({ body }: TransportResponse): Promise<string> {
  let read = ''
  for await (const chunk of body ?? []) read += new TextDecoder().decode(chunk)
  return read
}

test('sends what it is given and reads what comes back', async () => {
  const answer = await send(`${receiver.url}/hook`, request())
  expect([answer.status, await text(answer)]).toEqual([200, 'thanks'])
  expect(receiver.requests.at(-1)).toMatchObject({ headers: { 'x-own': 'yes' }, body: '{"a":1}' })
})

test('does not follow where it is sent on', async () => {
  const answer = await send(`${receiver.url}/moved`, request())
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/elsewhere'])
})

test('refuses a private address before anything is sent', async () => {
  await expect(send('http://[::ffff:10.0.0.5]/', request())).rejects.toMatchObject({
    errorClass: 'blocked',
  })
})

test('says that time was up, and that nobody was there', async () => {
  const late = { ...request(), signal: AbortSignal.abort() }
  await expect(send(receiver.url, late)).rejects.toMatchObject({ errorClass: 'timeout' })
  await expect(send('http://127.0.0.1:1/', request())).rejects.toMatchObject({
    name: 'TransportError',
    message: expect.stringContaining('127.0.0.1:1'),
  })
})
