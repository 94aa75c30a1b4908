// Makes the service one file, and what receivers import another. Loaded from its sources it would translate every one of them, and
// read a thousand files of its packages, at each start.
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freshAssets } from './assets.js'
import { mendedPostgres } from './mended-postgres.js'

const root = new URL('../../', import.meta.url)
const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, root))

/** What the bundle is made of; a change in any of it makes a new one. */
const sources = ['src', 'plugins', 'package.json', 'node_modules/.package-lock.json']

/** The bundle's address, made anew where it is missing or older than what it is made of. */
export async function freshBundle() {
  const bundle = path('dist/tocsin.js')
  if (isStale(bundle)) await makeBundle(bundle)
  return new URL('dist/tocsin.js', root)
}

/** Whether a bundle is missing, or older than what it is made of. @param {string} bundle */
export function isStale(bundle) {
  const made = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return sources.some((source) => newest(path(source)) > made)
}

/** The latest change at or below a path, 0 where there is nothing. @param {string} at */
function newest(at) {
  const entry = statSync(at, { throwIfNoEntry: false })
  if (!entry?.isDirectory()) return entry?.mtimeMs ?? 0
  const inside = readdirSync(at).map((name) => newest(`${at}/${name}`))
  return Math.max(entry.mtimeMs, ...inside)
}

/** @param {string} bundle */
async function makeBundle(bundle) {
  mkdirSync(path('dist'), { recursive: true })
  await freshAssets()
  // What receivers import: they have no translator at hand. First, so that the other is the newest.
  await make(path('dist/verify.js'), {
    entryPoints: [path('src/verify.ts')],
    platform: 'neutral',
    target: 'es2022',
  })
  await make(bundle, {
    entryPoints: [path('src/cli/main.ts')],
    platform: 'node',
    target: 'node20',
    // PGlite finds its WebAssembly beside itself; zod is shared with plugins; the rest loads tools.
    external: ['@electric-sql/pglite', 'zod', 'esbuild', 'tsx'],
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
    plugins: [mendedPostgres],
  })
}

/** @param {string} outfile @param {import('esbuild').BuildOptions} options */
async function make(outfile, options) {
  const { build } = await import('esbuild')
  const unfinished = `${outfile}.${process.pid}`
  await build({
    ...options,
    outfile: unfinished,
    bundle: true,
    format: 'esm',
    logLevel: 'warning',
  })
  // Whoever starts at the same moment finds the old one or the new one, never half of it.
  renameSync(unfinished, outfile)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await freshBundle()
