import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const probe = path('test/support/transport-probe.ts')
const commands: Readonly<Record<string, readonly string[]>> = {
  Node: [process.execPath, '--import', 'tsx', probe],
  Bun: [path('node_modules/.bin/bun'), probe],
  Deno: [path('node_modules/.bin/deno'), 'run', '--no-lock', '--allow-all', probe],
}

test.concurrent.each(Object.entries(commands))(
  '%s judges the address it dials, whatever the name answered before, and certificates by request',
  async (_, [program = '', ...args]) => {
    const { stdout } = await promisify(execFile)(program, args, { cwd: path('.') })
    expect(JSON.parse(stdout)).toEqual({
      rebound: [
        '200',
        expect.stringMatching(/^blocked: rebinding\.test .* 10\.0\.0\.5 is a private address/),
        expect.stringMatching(
          /^blocked: rebinding\.test .* 169\.254\.169\.254 is a cloud metadata/,
        ),
      ],
      literal: expect.stringMatching(/^blocked: /),
      untrusted: expect.stringMatching(/^TLS: .* self-signed certificate/),
      trustedAllTheSame: '200',
      untrustedAgain: expect.stringMatching(/^TLS: .* self-signed certificate/),
      redirected: '307',
      hostile: [],
      received: 1,
      asked: [...Array(3).fill('rebinding.test'), ...Array(3).fill('receiver.test')],
    })
  },
  60_000,
)
