import { fileURLToPath } from 'node:url'
import { beforeAll, inject, test } from 'vitest'
import { conform } from '../support/conformance.ts'
import { newerNode } from '../support/newer-node.ts'
import { createPlace, launcher, startTocsin } from '../support/tocsin-process.ts'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const commands: Record<string, () => readonly string[]> = {
  Bun: () => [path('node_modules/.bin/bun'), launcher],
  Deno: () => [process.execPath, path('src/cli/start-deno.js')],
}
const newerNodes = ['24.21.0', '26.10.0']

// The embedded database is one and the same to every Node, and to Workers none.
if (inject('database').kind === 'postgres') {
  const found = new Map<string, string>()
  beforeAll(async () => {
    const programs = await Promise.all(newerNodes.map(newerNode))
    for (const [index, version] of newerNodes.entries()) found.set(version, programs[index] ?? '')
  })
  for (const version of newerNodes)
    commands[`Node ${version}`] = () => [found.get(version) ?? '', launcher]
  const dev = path('test/support/dev-workers.ts')
  commands['workerd, as Workers run on it,'] = () => [process.execPath, '--import', 'tsx', dev]
}

test.concurrent.each(Object.keys(commands))(
  '%s watches, signs, retries, and remembers over a restart',
  async (name) => {
    const place = await createPlace()
    const command = commands[name]?.()
    // Deno is found on PATH, as npm run has it.
    const PATH = `${path('node_modules/.bin')}:${process.env.PATH}`
    await conform((environment) =>
      startTocsin({ PATH, DATABASE_URL: place.url, ...environment }, command),
    ).finally(() => place.remove())
  },
  120_000,
)
