import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Beside the packages, so that what stays outside of the bundle is found. */
const folder = fileURLToPath(new URL('../../node_modules/.tocsin-test', import.meta.url))

/**
 * Makes one script of a script and all it imports, and resolves with where it is and how to remove
 * it. A test that starts it often would otherwise wait a second each time for its translation.
 */
export async function bundled(script: string) {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${basename(script, '.ts')}-${process.pid}.js`)
  await build({
    entryPoints: [script],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    // PGlite finds its WebAssembly beside itself.
    external: ['@electric-sql/pglite'],
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
  })
  return { path, remove: () => rm(path) }
}
