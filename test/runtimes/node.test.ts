import { expect, test } from 'vitest'
import { listen } from '../../src/runtimes/node.ts'

test('an idle connection is kept for longer than the minute of usual load balancers', async () => {
  const server = await listen(async () => new Response('ok'), { port: 0, hostname: '127.0.0.1' })
  try {
    const answer = await fetch(`http://127.0.0.1:${server.port}/`)
    expect(answer.headers.get('keep-alive')).toBe('timeout=65')
  } finally {
    await server.close()
  }
})
