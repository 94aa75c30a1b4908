import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lasting, startTocsin } from '../support/tocsin-process.ts'

test('the first start, which makes the database, is ready within 6 s, later ones within 2 s', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-first-'))
  const first = await startTocsin({ DATABASE_URL: join(directory, 'data') }, lasting)
  await first.stop()
  const later = await startTocsin({ DATABASE_URL: join(directory, 'data') }, lasting)
  await later.stop()
  await rm(directory, { recursive: true })
  expect(first.readyMs).toBeLessThan(6000)
  expect(later.readyMs).toBeLessThan(2000)
})
