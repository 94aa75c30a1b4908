import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { installValkey } from '../../src/cli/valkey-install.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-path-'))
})
afterEach(() => rm(folder, { recursive: true }))

const program = (name: string, source: string) =>
  writeFile(join(folder, name), `#!${process.execPath}\n${source}`, { mode: 0o755 })

/** A system that has only what is put into its one folder; `offers` are the packages of its apt. */
async function systemWithApt(offers: readonly string[], updates = true) {
  await program(
    'sudo',
    `require('node:child_process').execFileSync(process.argv[3], process.argv.slice(4))`,
  )
  await program(
    'apt-get',
    `const { appendFileSync, writeFileSync } = require('node:fs')
    const [verb, ...rest] = process.argv.slice(2)
    const name = rest.at(-1)
    appendFileSync(${JSON.stringify(join(folder, 'log'))}, [verb, ...rest].join(' ') + '\\n')
    if (verb === 'update') process.exit(${updates ? 0 : 100})
    if (!${JSON.stringify(offers)}.includes(name)) process.exit(100)
    writeFileSync(${JSON.stringify(folder)} + '/' + name, '', { mode: 0o755 })`,
  )
}
const asked = async () => (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n')

describe('installValkey', () => {
  test('takes valkey-server before redis-server', async () => {
    await program('redis-server', '')
    expect(await installValkey({ PATH: folder })).toBe(join(folder, 'redis-server'))
    await program('valkey-server', '')
    expect(await installValkey({ PATH: folder })).toBe(join(folder, 'valkey-server'))
  })

  test('passes over a file that cannot be run', async () => {
    await writeFile(join(folder, 'valkey-server'), '', { mode: 0o644 })
    await program('redis-server', '')
    expect(await installValkey({ PATH: folder })).toBe(join(folder, 'redis-server'))
  })

  test('installs valkey-server after bringing the lists up to date', async () => {
    await systemWithApt(['valkey-server', 'redis-server'])
    expect(await installValkey({ PATH: folder })).toBe(join(folder, 'valkey-server'))
    expect(await asked()).toEqual(['update', 'install -y --no-install-recommends valkey-server'])
  })

  test('installs redis-server where there is no valkey-server, also with old lists', async () => {
    await systemWithApt(['redis-server'], false)
    expect(await installValkey({ PATH: folder })).toBe(join(folder, 'redis-server'))
    expect(await asked()).toHaveLength(3)
  })

  test('says how to get a server where apt offers none', async () => {
    await systemWithApt([])
    await expect(installValkey({ PATH: folder })).rejects.toThrow(
      /apt-get could install none[\s\S]*sudo apt-get install -y valkey-server[\s\S]*brew install valkey/,
    )
  })

  test('says how to get a server where there is no apt', async () => {
    await expect(installValkey({ PATH: folder })).rejects.toThrow(/no apt-get[\s\S]*dnf install/)
    await expect(installValkey({})).rejects.toThrow(/no apt-get/)
  })
})
