import { gunzipSync, gzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { Env } from '../../src/ui/context.ts'
import { packed } from '../../src/ui/pack.ts'

const long = '<p>A page.</p>'.repeat(100)
const app = new Hono<Env>()
app.use(packed(gzipSync))
app.get('/long', (context) => context.html(long))
app.get('/short', (context) => context.html('<p>A page.</p>'))
app.get('/stream', (context) => context.body(long, 200, { 'Content-Type': 'text/event-stream' }))

test.each<[path: string, accepted: string | undefined, isPacked: boolean]>([
  ['/long', 'gzip, deflate, br', true],
  ['/long', 'br;q=1, GZIP;q=0.5', true],
  ['/long', 'gzip;q=0, deflate', false],
  ['/long', undefined, false],
  ['/short', 'gzip', false],
  ['/stream', 'gzip', false],
])('%s is packed for who can unpack it, where that is worth it: %s', async (path, accepted, is) => {
  const plain = await (await app.request(path)).text()
  const headers = accepted === undefined ? {} : { 'Accept-Encoding': accepted }
  const answer = await app.request(path, { headers })
  const bytes = new Uint8Array(await answer.arrayBuffer())
  expect(answer.headers.get('Content-Encoding')).toBe(is ? 'gzip' : null)
  expect(answer.headers.get('Vary')).toBe(path === '/stream' ? null : 'Accept-Encoding')
  expect(new TextDecoder().decode(is ? gunzipSync(bytes) : bytes)).toBe(plain)
})
