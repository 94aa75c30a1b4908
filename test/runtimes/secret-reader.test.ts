import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSecretReader } from '../../src/runtimes/server/secret-reader.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'))
  await writeFile(join(folder, 'hook'), 'from a file\n')
  await writeFile(join(folder, 'token'), 'the token')
  await writeFile(join(folder, 'empty'), '\n')
  await writeFile(join(folder, 'large'), 'x'.repeat(5000))
})
afterAll(() => rm(folder, { recursive: true }))

const read = (reference: { env: string } | { file: string }, allowed?: readonly string[]) =>
  createSecretReader(
    {
      HOOK_SECRET: 'from the environment',
      EMPTY: '  ',
      ENCRYPTION_KEY: 'own',
      TOCSIN_TOKEN_FILE: join(folder, 'token'),
    },
    allowed,
  )(reference)

test('a secret comes from the environment or from a file, without the line break at its end', async () => {
  expect(await read({ env: 'HOOK_SECRET' })).toBe('from the environment')
  expect(await read({ file: join(folder, 'hook') })).toBe('from a file')
})

test.each(['ENCRYPTION_KEY', 'DATABASE_URL', 'TOCSIN_TOKEN_FILE'])(
  'the secrets of Tocsin itself are no secrets of webhooks: %s',
  async (env) => {
    await expect(read({ env })).rejects.toThrow('Tocsin itself')
  },
)

test('nor are the files they are read from, or those of the system', async () => {
  await expect(read({ file: join(folder, 'token') })).rejects.toThrow('not for webhooks')
  await expect(read({ file: '/proc/self/environ' })).rejects.toThrow('not for webhooks')
})

test('what is missing, empty or too large says so', async () => {
  await expect(read({ env: 'MISSING' })).rejects.toThrow('MISSING is not set')
  await expect(read({ env: 'EMPTY' })).rejects.toThrow('EMPTY is not set')
  await expect(read({ file: join(folder, 'none') })).rejects.toThrow('there is no such file')
  await expect(read({ file: folder })).rejects.toThrow('there is no such file')
  await expect(read({ file: join(folder, 'empty') })).rejects.toThrow('it is empty')
  await expect(read({ file: join(folder, 'large') })).rejects.toThrow('larger than 4096')
})

test('where the operator lists what webhooks may use, there is nothing else', async () => {
  const env = { env: 'HOOK_SECRET' }
  const file = { file: join(folder, 'hook') }
  for (const allowed of ['HOOK_*', 'HOOK_SECRET'])
    expect(await read(env, [allowed])).toMatch('from')
  for (const allowed of [`${folder}/`, file.file])
    expect(await read(file, [allowed])).toBe('from a file')
  const outside = { file: join(folder, 'sub', '..', '..', 'other') }
  for (const [reference, allowed] of [
    [env, ['HOOK']],
    [env, []],
    [file, [folder]],
    [outside, [`${folder}/`]],
  ] as const)
    await expect(read(reference, allowed)).rejects.toThrow('ALLOW_SECRETS')
})
