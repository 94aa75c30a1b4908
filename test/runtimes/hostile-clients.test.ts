import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const probe = path('test/support/listen-probe.ts')
const commands: Readonly<Record<string, readonly string[]>> = {
  Node: [process.execPath, '--import', 'tsx', probe],
  Bun: [path('node_modules/.bin/bun'), probe],
  Deno: [path('node_modules/.bin/deno'), 'run', '--no-lock', '--allow-all', probe],
}
const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n'
const post = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

/** Sends this, and more of it by the drop; resolves with all that comes back until the other side hangs up. */
async function converse(port: number, head: string, drop = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  let answer = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text
  })
  socket.write(head)
  const dripping = setInterval(() => drop && socket.write(drop), 100)
  // Being reset is one way to be hung up on; `once` would reject.
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(dripping)
  return answer
}

test.concurrent.each(Object.entries(commands))(
  '%s hangs up on clients that dawdle, and refuses what is too large or no request at all',
  async (_, [program = '', ...args]) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const port = Number(String(await once(child.stdout, 'data')))
      const say = (head: string, drop?: string) => converse(port, head, drop)
      const [silent, headers, body, large, many, huge, endless, host, garbage] = await Promise.all([
        say(''),
        say(get, 'X-Drop: a\r\n'),
        say(`${post}Content-Length: 1000\r\n\r\n`, ' '),
        say(`${get}X-Large: ${'a'.repeat(100_000)}\r\n\r\n`),
        say(`${get}${'X-Many: a\r\n'.repeat(10_000)}\r\n`),
        say(`${post}Content-Length: 10000000000\r\n\r\n`),
        say(`${post}Transfer-Encoding: chunked\r\n\r\n`, `20000\r\n${' '.repeat(0x20_000)}\r\n`),
        say('GET / HTTP/1.1\r\nHost: xn--a\r\nConnection: close\r\n\r\n'),
        say('\x16\x03\x01\x02\r\n\r\n'),
        // Meanwhile others are served.
        fetch(`http://127.0.0.1:${port}/`).then((answer) => expect(answer.status).toBe(200)),
      ])
      expect(silent).toBe('')
      for (const answer of [headers, large, many, garbage, host, body])
        expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/)
      for (const answer of [huge, endless]) expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    } finally {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  },
  60_000,
)
