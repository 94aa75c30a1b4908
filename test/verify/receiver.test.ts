import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { receiver, sign } from '../../src/verify.ts'

const secret = 'your-secret-key'
const body = '{"id":"evt-1","event":"instance.down"}'

async function request(path = '/', payload = body): Promise<Request> {
  const headers = await sign({ scheme: 'betterdb', secret, body })
  return new Request(`http://localhost${path}`, { method: 'POST', headers, body: payload })
}

test('a receiver hands on what is genuine, with a request whose body can still be read', async () => {
  const receive = receiver({ secret }, async ({ event, id }, request) => {
    return new Response(`${event} ${id} ${await request.text()}`, { status: 202 })
  })
  const response = await receive(await request())
  expect(response.status).toBe(202)
  expect(await response.text()).toBe(`instance.down evt-1 ${body}`)
})

test('a receiver answers 204 where there is nothing else to say', async () => {
  const response = await receiver({ secret }, () => undefined)(await request())
  expect(response.status).toBe(204)
})

test('a receiver answers 401 to what is not genuine, and says why to nobody else', async () => {
  const never = () => {
    throw new Error('handed on')
  }
  const response = await receiver({ secret }, never)(await request('/', `${body} `))
  expect(response.status).toBe(401)
  expect(await response.text()).toContain('X-Webhook-Signature does not match')
  const unfit = receiver({ secret: 'whpk_', scheme: 'betterdb' }, never)
  expect((await unfit(await request())).status).toBe(500)
})

test('a receiver is a route of Hono', async () => {
  const app = new Hono()
  const receive = receiver({ secret }, ({ event }) => new Response(event))
  app.post('/hook', (c) => receive(c.req.raw))
  const response = await app.fetch(await request('/hook'))
  expect(await response.text()).toBe('instance.down')
})
