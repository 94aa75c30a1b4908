// Makes the Worker one file, dist/workers/worker.js: what is deployed, what runs here, and what is weighed.
// Ends with 1 where it is heavier than it may be, or holds what a Worker cannot run. With --stale-only
// it does nothing where there is one that is newer than its sources.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { freshAssets } from './assets.js'
import { isStale } from './bundle.js'
import { mendedPostgres } from './mended-postgres.js'

const root = new URL('../../', import.meta.url)
const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, root))

const file = path('dist/workers/worker.js')
const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8'))

/** Compressed, as Cloudflare counts: the whole, and what it is without its pages. */
const mostKib = { whole: 1024, withoutPages: 600 }
const never = /@electric-sql|pglite|node-server/

/** Packages for Node name its modules without a prefix. @type {import('esbuild').Plugin} */
const nodeModules = {
  name: 'node-modules',
  setup({ onResolve }) {
    const known = new Set(builtinModules)
    onResolve({ filter: /^[a-z_/]+$/ }, ({ path: name }) =>
      known.has(name) ? { path: `node:${name}`, external: true } : undefined,
    )
  },
}

/** Leaves the pages out, so that the rest can be weighed. @type {import('esbuild').Plugin} */
const withoutPages = {
  name: 'without-pages',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]ui[\\/]site\.ts$/ }, () => ({
      contents: 'export const createSite = (_, api) => api',
    }))
  },
}

/** @param {readonly import('esbuild').Plugin[]} plugins */
async function bundle(...plugins) {
  const { outputFiles, metafile } = await build({
    entryPoints: [path('src/runtimes/workers.ts')],
    absWorkingDir: path('.'),
    outfile: file,
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    // Errors and Durable Objects are known by their names.
    keepNames: true,
    format: 'esm',
    target: 'es2023',
    platform: 'neutral',
    conditions: ['workerd', 'worker', 'import'],
    mainFields: ['module', 'main'],
    external: ['node:*', 'cloudflare:*'],
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire('file:///worker.js');",
    },
    define: { TOCSIN_VERSION: JSON.stringify(version) },
    plugins: [...plugins, nodeModules, mendedPostgres],
    logLevel: 'warning',
  })
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles
  const kib = Math.ceil(gzipSync(contents).length / 1024)
  return { contents, kib, inputs: Object.keys(metafile.inputs) }
}

if (!process.argv.includes('--stale-only') || isStale(file)) await make()

async function make() {
  await freshAssets()
  const [whole, rest] = [await bundle(), await bundle(withoutPages)]
  mkdirSync(path('dist/workers'), { recursive: true })
  // Whoever starts at the same moment finds the old one or the new one, never half of it.
  writeFileSync(`${file}.${process.pid}`, whole.contents)
  renameSync(`${file}.${process.pid}`, file)
  console.log(`dist/workers/worker.js: ${whole.kib} KiB gzip, ${rest.kib} KiB without the pages`)
  const faults = [
    ...(whole.kib > mostKib.whole ? [`is heavier than ${mostKib.whole} KiB`] : []),
    ...(rest.kib > mostKib.withoutPages
      ? [`is heavier than ${mostKib.withoutPages} KiB without its pages`]
      : []),
    ...whole.inputs.filter((name) => never.test(name)).map((name) => `holds ${name}`),
  ]
  for (const fault of faults) console.error(`dist/workers/worker.js ${fault}.`)
  if (faults.length > 0) process.exitCode = 1
}
