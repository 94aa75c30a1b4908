import { expect, it } from 'vitest'
import { listen } from '../../src/runtimes/node.ts'
import { openDoor } from '../../src/runtimes/server/door.ts'

it('who comes before the service is there is told to ask again, and then answered by it', async () => {
  const door = await openDoor(listen, { port: 0, hostname: '127.0.0.1' })
  const url = `http://127.0.0.1:${door.port}/readyz`
  const early = await fetch(url)
  expect(early.status).toBe(503)
  expect(early.headers.get('Content-Type')).toBe('application/problem+json')
  expect(early.headers.get('Retry-After')).toBe('1')
  expect(await early.json()).toMatchObject({
    status: 503,
    detail: expect.stringContaining('again'),
  })
  door.lead(async () => new Response('ready'))
  expect(await (await fetch(url)).text()).toBe('ready')
  await door.close()
})
