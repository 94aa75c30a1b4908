import { describe, expect, test } from 'vitest'
import { loadEvents } from './support/plugins.ts'
import { parse, readSources, type Source } from './support/source.ts'

/** What the files of a room may import beside each other: rooms by name, packages by `name/*` too. */
interface Room {
  readonly files: RegExp
  readonly rooms: readonly string[]
  readonly packages: readonly string[]
}

const pure = ['zod', 'ipaddr.js', 'uuidv7', '@noble/hashes/*']
const logs = '@logtape/logtape'
const everything = ['plugin', 'rules', 'formats', 'store', 'valkey', 'pipeline', 'api', 'ui']

const rooms: Readonly<Record<string, Room>> = {
  plugins: { files: /^plugins\//, rooms: [], packages: ['tocsin/plugin', 'zod'] },
  verify: { files: /^src\/verify(\.ts|\/)/, rooms: [], packages: [] },
  plugin: { files: /^src\/plugin(\.ts|\/)/, rooms: [], packages: ['zod'] },
  testing: {
    files: /^src\/testing(\.ts|\/)/,
    rooms: ['plugin', 'rules', 'valkey'],
    packages: pure,
  },
  rules: { files: /^src\/rules\//, rooms: ['plugin'], packages: pure },
  // Written as a third party would write them.
  formats: { files: /^src\/formats\//, rooms: [], packages: ['tocsin/plugin', 'zod', 'liquidjs'] },
  store: {
    files: /^src\/store\//,
    rooms: ['plugin', 'rules'],
    packages: ['drizzle-orm', 'drizzle-orm/pg-core', ...pure],
  },
  valkey: { files: /^src\/valkey\//, rooms: ['plugin', 'rules'], packages: ['iovalkey', logs] },
  pipeline: {
    files: /^src\/pipeline\//,
    rooms: ['plugin', 'rules', 'store', 'valkey'],
    packages: [logs, ...pure],
  },
  api: {
    files: /^src\/api\//,
    rooms: ['plugin', 'rules', 'store'],
    packages: ['hono', 'hono/*', '@hono/zod-openapi', logs, ...pure],
  },
  // What browsers run; nothing of it runs here.
  client: { files: /^src\/ui\/client\//, rooms: [], packages: ['htmx.org'] },
  // The pages are the API's first client: the same functions and schemas, nothing of it twice.
  ui: {
    files: /^src\/ui\//,
    rooms: ['plugin', 'rules', 'store', 'api'],
    packages: ['dist/assets.js', 'hono', 'hono/*', logs, ...pure],
  },
  index: {
    files: /^src\/index\.ts/,
    rooms: [...everything, 'plugins'],
    packages: ['hono', 'hono/*', '@hono/zod-openapi', logs, ...pure],
  },
  runtimes: {
    files: /^src\/runtimes\//,
    rooms: ['index', 'plugin', 'plugins', 'rules'],
    packages: ['*'],
  },
  cli: {
    files: /^src\/cli\//,
    rooms: ['index', 'runtimes', 'plugins', 'rules', 'verify'],
    packages: ['*'],
  },
}

/** Only the runtimes and the commands know what they run on. */
const serverRooms = ['runtimes', 'cli']
const serverNames = ['process', 'Buffer', 'Deno', 'Bun', 'require', '__dirname', '__filename']
/** The one event type named in src: what a test delivery sends to a webhook without events. */
const fallbackOfTestSends = 'instance.down'
const mostLines = 200

const roomOf = (path: string) => Object.keys(rooms).find((name) => rooms[name]?.files.test(path))

function forbiddenImports({ path, imports }: Source): string[] {
  const name = roomOf(path)
  const room = rooms[name ?? '']
  if (!name || !room) return [`${path} is in no room`]
  const allowed = (target: string) => {
    const targetRoom = roomOf(target)
    if (targetRoom)
      return targetRoom === name ? name !== 'plugins' : room.rooms.includes(targetRoom)
    return room.packages.some((it) =>
      it.endsWith('*') ? target.startsWith(it.slice(0, -1)) : target === it,
    )
  }
  return imports.filter((it) => !allowed(it)).map((it) => `${path} imports ${it}`)
}

function serverGlobals({ path, names }: Source): string[] {
  if (serverRooms.includes(roomOf(path) ?? '')) return []
  const used = new Set(names.filter((name) => serverNames.includes(name)))
  return [...used].map((name) => `${path} names ${name}`)
}

function strayLocks({ path, texts, keys }: Source): string[] {
  if (roomOf(path) === 'store') return []
  const locks = texts.some((text) => /skip\s+locked/i.test(text)) || keys.includes('skipLocked')
  return locks ? [`${path} skips locked rows`] : []
}

/** Prose, which has spaces in it, and examples may name event types; what a program compares may not. */
function eventNames({ path, texts }: Source, types: readonly string[]): string[] {
  if (!path.startsWith('src/')) return []
  const words = texts.filter((text) => !/\s/.test(text.trim()))
  const named = (type: string) => words.filter((it) => it.split(/[^\w.-]+/).includes(type))
  return types.flatMap((type) => named(type).map(() => `${path} names ${type}`))
}

function vagueName({ path }: Source): string[] {
  const names = path.split('/').map((part) => part.replace(/\..*/, ''))
  return names.some((name) => /^(utils?|helpers?|common|misc)$/i.test(name)) ? [path] : []
}

function unfinishedTests({ path, members }: Source): string[] {
  const marks = /^(test|it|describe|suite|context|ctx)\.(only|skip|skipIf|runIf|todo)$/
  return members.filter((member) => marks.test(member)).map((member) => `${path} has ${member}`)
}

/** The first cycle met from each file, as the files along it. */
function cycles(all: readonly Source[]): string[] {
  const imports = new Map(all.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push([...trail.slice(start), path].join(' -> '))
    if (start >= 0 || done.has(path)) return
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const { path } of all) visit(path, [])
  return found
}

const sources = await readSources('src', 'plugins')
const tests = await readSources('test')
const types = [...(await loadEvents()).keys()]

describe('the sources', () => {
  test('are there', () => {
    const seen = new Set(sources.map(({ path }) => roomOf(path)))
    expect([...seen]).toEqual(expect.arrayContaining(['plugins', 'plugin', 'rules', 'store']))
    expect(types).not.toHaveLength(0)
  })

  test('import only what their room may', () => {
    expect(sources.flatMap(forbiddenImports)).toEqual([])
  })

  test('import each other in no circle', () => {
    expect(cycles(sources)).toEqual([])
  })

  test('know the server they run on only in the runtimes and the commands', () => {
    expect(sources.flatMap(serverGlobals)).toEqual([])
  })

  test('claim rows past locked ones only in the store', () => {
    expect(sources.flatMap(strayLocks)).toEqual([])
  })

  test('name no event type but the fallback of test sends, once', () => {
    const named = sources.flatMap((source) => eventNames(source, types))
    const fallback = named.findIndex((it) => it.endsWith(` names ${fallbackOfTestSends}`))
    expect(named.filter((_, index) => index !== fallback)).toEqual([])
  })

  test('have files of one noun', () => {
    expect([...sources, ...tests].flatMap(vagueName)).toEqual([])
  })

  test(`have at most ${mostLines} lines a file`, () => {
    const long = sources.filter(({ lines }) => lines > mostLines)
    expect(long.map(({ path, lines }) => `${path} has ${lines} lines`)).toEqual([])
  })

  test('are tested by tests of which none is left out', () => {
    expect(tests.flatMap(unfinishedTests)).toEqual([])
  })
})

describe('the rules of this test notice', () => {
  test.each([
    ['plugins/a.ts', `import { call } from 'node:fs'`],
    ['plugins/a.ts', `import type { Tier } from '../src/plugin.ts'`],
    ['plugins/a.ts', `import other from './b.ts'`],
    ['src/plugin/a.ts', `export * from '../rules/tier.ts'`],
    ['src/rules/a.ts', `import { format } from '../formats/index.ts'`],
    ['src/rules/a.ts', `const fs = await import('fs')`],
    ['src/formats/a.ts', `export { sql } from 'drizzle-orm'`],
    ['src/store/a.ts', `import { drizzle } from 'drizzle-orm/postgres-js'`],
    ['src/store/a.ts', `let client: import('@electric-sql/pglite').PGlite`],
    ['src/pipeline/a.ts', `import Valkey from 'iovalkey'`],
    ['src/api/a.ts', `import type { Tick } from '../pipeline/tick.ts'`],
    ['src/ui/a.tsx', `import '../runtimes/node.ts'`],
    ['src/index.ts', `import '../plugins/memory.ts'; import './cli/main.ts'`],
    ['src/runtimes/node.ts', `import '../cli/main.ts'`],
    ['src/verify.ts', `import type { Scheme } from './rules/sign.ts'`],
    ['src/lost.ts', `export const lost = true`],
  ])('a forbidden import in %s: %s', (path, text) => {
    expect(forbiddenImports(parse(path, text))).toHaveLength(1)
  })

  test.each([
    `process.exit()`,
    `const bytes: Buffer = read()`,
    `globalThis.Deno.serve()`,
    `const take = { Bun }`,
  ])('a server in %s', (text) => {
    expect(serverGlobals(parse('src/api/a.ts', text))).toHaveLength(1)
    expect(serverGlobals(parse('src/cli/a.ts', text))).toHaveLength(0)
  })

  test('no server in a property, a string or a comment', () => {
    const text = `// process\nconst it = { process: 'Buffer' }.process; interface Own { Deno: 1 }`
    expect(serverGlobals(parse('src/api/a.ts', text))).toEqual([])
  })

  test.each(['sql`for update SKIP\n  LOCKED`', `query.for('update', { skipLocked: true })`])(
    'a skipped lock in %s',
    (text) => {
      expect(strayLocks(parse('src/pipeline/a.ts', text))).toHaveLength(1)
      expect(strayLocks(parse('src/store/a.ts', text))).toHaveLength(0)
    },
  )

  test('an event type in a literal, and none in prose, examples and longer names', () => {
    const named = (text: string) => eventNames(parse('src/rules/a.ts', text), ['memory.critical'])
    expect(named(`if (type === 'memory.critical') fire()`)).toHaveLength(1)
    expect(named('const key = `alert:memory.critical`')).toHaveLength(1)
    expect(named(`// memory.critical\nsay('as in memory.critical events')`)).toEqual([])
    expect(named(`z.string().meta({ example: 'memory.critical' })`)).toEqual([])
    expect(named(`const key = 'used_memory.critical.peak'`)).toEqual([])
  })

  test('a circle of files', () => {
    const circle = [
      parse('src/rules/a.ts', `import type { B } from './b.ts'`),
      parse('src/rules/b.ts', `export * from './a.ts'`),
    ]
    expect(cycles(circle)).toEqual(['src/rules/a.ts -> src/rules/b.ts -> src/rules/a.ts'])
  })

  test('a vague name and a test left out', () => {
    expect(vagueName(parse('src/rules/utils.ts', ''))).toHaveLength(1)
    expect(vagueName(parse('src/helpers/time.ts', ''))).toHaveLength(1)
    expect(unfinishedTests(parse('test/a.test.ts', `test.only('it', () => {})`))).toHaveLength(1)
  })
})
