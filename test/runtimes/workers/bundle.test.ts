import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url))

test('the Worker weighs at most 1 MiB compressed, 600 KiB without the pages, and holds no PGlite', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    path('src/cli/bundle-workers.js'),
  ])
  const [whole = 0, withoutPages = 0] = [...stdout.matchAll(/(\d+) KiB/g)].map(([, kib]) =>
    Number(kib),
  )
  expect(whole).toBeGreaterThan(withoutPages)
  expect(whole).toBeLessThanOrEqual(1024)
  expect(withoutPages).toBeGreaterThan(100)
  expect(withoutPages).toBeLessThanOrEqual(600)
  const script = await readFile(path('dist/workers/worker.js'), 'utf8')
  // Not by `expect`, which would print a megabyte.
  expect(/pglite|initdb|@hono\/node-server/i.exec(script)?.[0]).toBeUndefined()
})
