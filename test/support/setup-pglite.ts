import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { TestProject } from 'vitest/node'
import { createTemplate } from './pglite.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the template, once a project has asked for it. */
    pglite?: string
  }
}

/** Migrates one embedded database for the test files to copy, those of other projects too. */
export async function setup(project: TestProject): Promise<void> {
  const template = project.getProvidedContext().pglite ?? (await makeTemplate())
  project.vitest.provide('pglite', template)
  project.provide('database', { kind: 'pglite', template })
}

async function makeTemplate(): Promise<string> {
  // Making a database takes twice as long with the faster code that Node would make of it meanwhile.
  setFlagsFromString('--liftoff-only')
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-pglite-'))
  // Not in a teardown, which an interrupted run leaves out.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await createTemplate(folder)
  return folder
}
