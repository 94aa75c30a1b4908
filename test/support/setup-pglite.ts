import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { dumpTemplate } from './pglite.ts'

/** Migrates one embedded database and dumps it for the test files to load. */
export async function setup(project: TestProject): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-pglite-'))
  // Not in a teardown, which an interrupted run leaves out.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const template = join(folder, 'template.tar')
  await dumpTemplate(template)
  project.provide('database', { kind: 'pglite', template })
}
