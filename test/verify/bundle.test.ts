import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { type Scheme, schemes } from '../../src/verify.ts'

/** What every runtime has, and nothing that only a server has. */
const web = { crypto, TextEncoder, TextDecoder, atob, btoa, Headers, Request, Response }

const program = `
import * as tocsin from './src/verify.ts'
globalThis.result = Promise.all(schemes.map(async (scheme) => {
  const secret = scheme === 'basic' ? 'user:password' : 'c2VjcmV0LXNlY3JldC1zZWNyZXQ='
  const body = '{"event":"instance.down"}'
  const headers = await tocsin.sign({ scheme, secret, body })
  const genuine = await tocsin.verify({ scheme, secret, body, headers })
  const bytes = new TextEncoder().encode(body).buffer
  const asBytes = await tocsin.verify({ scheme, secret, body: bytes, headers })
  const forged = await tocsin.verify({ scheme, secret: btoa('another:secret'), body, headers })
  return [scheme, genuine.ok && asBytes.ok, forged.ok]
}))`

async function bundle(contents: string): Promise<string> {
  const resolveDir = fileURLToPath(new URL('../..', import.meta.url))
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
  })
  for (const input of Object.keys(metafile.inputs))
    expect(input).toMatch(/^(<stdin>|src\/verify(\.ts|\/.*))$/)
  return outputFiles.map(({ text }) => text).join()
}

test('tocsin/verify runs where there is nothing but the web', async () => {
  const context: { result?: Promise<[Scheme, boolean, boolean][]>; schemes: readonly Scheme[] } = {
    ...web,
    schemes,
  }
  runInNewContext(await bundle(program), context)
  expect(await context.result).toEqual(schemes.map((scheme) => [scheme, true, false]))
})

test('tocsin/verify is small', async () => {
  const text = await bundle(`import { verify } from './src/verify.ts'; globalThis.verify = verify`)
  expect(text.length).toBeLessThan(8000)
  expect(gzipSync(text).length).toBeLessThan(3400)
})
