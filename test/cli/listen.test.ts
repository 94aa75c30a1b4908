import { expect, test } from 'vitest'
import { type ListenOptions, listen } from '../../src/cli/listen.ts'
import { sign } from '../../src/verify.ts'

const secret = 'your-secret-key'
const body = JSON.stringify({
  id: 'evt-1',
  event: 'memory.critical',
  instance: { host: 'valkey.example.com', port: 6379 },
  data: { message: 'full\u001b[2J' },
})

/** Listens, gives the address to `use`, and ends; all that was printed, and what it ended with. */
async function listened(options: Partial<ListenOptions>, use: (url: string) => Promise<void>) {
  const ended = new AbortController()
  let text = ''
  let announce: (url: string) => void
  const url = new Promise<string>((resolve) => {
    announce = resolve
  })
  const all = { secrets: [secret], port: 0, signal: ended.signal, ...options }
  const listening = listen(all, (piece) => {
    text += piece
    const [found] = /http:\S+\d/.exec(piece) ?? []
    if (found) announce(found)
  })
  await use(await url)
  if (options.count === undefined) ended.abort()
  return { genuine: await listening, text }
}

const send = async (url: string, headers: Record<string, string>, payload = body) => {
  const response = await fetch(url, { method: 'POST', headers, body: payload })
  return { status: response.status, text: await response.text() }
}
const signed = () => sign({ scheme: 'betterdb', secret, body })

test('listen prints a genuine delivery for people, and answers 200', async () => {
  const { genuine, text } = await listened({}, async (url) => {
    expect(await send(`${url}/hook`, await signed())).toMatchObject({ status: 200 })
  })
  expect(genuine).toBe(true)
  expect(text).toMatch(/\d\d:\d\d:\d\d\.\d{3} {2}memory\.critical {2}valkey\.example\.com:6379\n/)
  expect(text).toMatch(/verified: betterdb, signed \d+ ms ago/)
  expect(text).toContain('    "id": "evt-1",\n')
  expect(text).toContain('-> 200')
  expect(text).not.toContain('\u001b')
})

test('listen refuses what is not genuine, says why, and ends telling so', async () => {
  const { genuine, text } = await listened({}, async (url) => {
    const answer = await send(url, await signed(), `${body} `)
    expect(answer).toMatchObject({ status: 401, text: expect.stringContaining('does not match') })
    expect(await send(url, {}, 'red\u001b[31m')).toMatchObject({ status: 401 })
  })
  expect(genuine).toBe(false)
  expect(text).toContain('REFUSED, bad_signature: X-Webhook-Signature does not match')
  expect(text).toContain('red\\u001b[31m')
})

test('listen answers as it is told to, as late as it is told to, and ends after a count', async () => {
  const startedAt = performance.now()
  const { genuine } = await listened({ status: 503, delay: 100, count: 2 }, async (url) => {
    expect((await send(url, await signed())).status).toBe(503)
    expect((await send(url, await signed())).status).toBe(503)
  })
  expect(genuine).toBe(true)
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(190)
})

test('listen shows what it cannot check, without a secret', async () => {
  const { genuine, text } = await listened({ secrets: [] }, async (url) => {
    expect((await send(url, {})).status).toBe(200)
  })
  expect(genuine).toBe(true)
  expect(text).toContain('not checked: no secret is known')
})

test('listen grants what CloudEvents ask first, and takes nothing but POST', async () => {
  const { text } = await listened({}, async (url) => {
    const headers = { 'WebHook-Request-Origin': 'tocsin.example.com' }
    const granted = await fetch(url, { method: 'OPTIONS', headers })
    expect(granted.headers.get('webhook-allowed-origin')).toBe('tocsin.example.com')
    expect((await fetch(url)).status).toBe(405)
  })
  expect(text).not.toContain('->')
})

test('listen says that its port is in use', async () => {
  await listened({}, async (url) => {
    const options = {
      secrets: [],
      port: Number(new URL(url).port),
      signal: new AbortController().signal,
    }
    await expect(listen(options, () => undefined)).rejects.toThrow(
      /port \d+ is in use; take another/,
    )
  })
})
