import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPlugin, poll } from 'tocsin/testing'
import { afterAll, describe, expect, test } from 'vitest'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
// Within the package: `tocsin/plugin` is found from there only.
const folder = await mkdtemp(join(fileURLToPath(new URL('../dist/', import.meta.url)), 'readme-'))
afterAll(() => rm(folder, { recursive: true }))

/** The first TypeScript block of the README that contains `mark`. */
function block(mark: string): string {
  const found = [...readme.matchAll(/```ts\n(.*?)```/gs)].find(([, code]) => code?.includes(mark))
  if (found?.[1] === undefined) throw new Error(`the README has no block with ${mark}`)
  return found[1]
}

await writeFile(join(folder, 'hot-keys.ts'), block('// hot-keys.ts'))
const { default: hotKeys } = await import(join(folder, 'hot-keys.ts'))

describe('the plugin printed in the README', () => {
  test.each(checkPlugin(hotKeys))('conforms: $name', async ({ run }) => {
    await run()
  })

  test('does what its printed test says', async () => {
    expect(block("from 'tocsin/testing'")).toContain('evicted_keys')
    const { readings } = await poll(
      hotKeys,
      { INFO: { evicted_keys: '900' } },
      { state: { evicted: 400, at: 0 }, now: 5000 },
    )
    expect(readings).toMatchObject([{ type: 'keys.evicting', data: { perSecond: 100 } }])
  })

  test('is named by the printed configuration', async () => {
    await writeFile(
      join(folder, 'tocsin.config.ts'),
      block('export default { plugins: [hotKeys] }'),
    )
    const { configured } = await import('../src/cli/config.ts')
    expect(await configured(folder)).toMatchObject({ plugins: [{ name: 'hot-keys' }] })
  })
})

test('the README names every variable the service reads', async () => {
  const files = ['environment.ts', 'sender.ts'].map((name) =>
    readFile(new URL(`../src/runtimes/${name}`, import.meta.url), 'utf8'),
  )
  const source = (await Promise.all(files)).join('')
  const read = [...source.matchAll(/(?:text|whole|oneOf)\('([A-Z_]+)'/g)].map(([, name]) => name)
  expect(read.length).toBeGreaterThan(10)
  for (const name of read) expect(readme).toContain(`\`${name}\``)
})
