// Makes what browsers load: style, script and icon, each as text in one module, so that every runtime
// serves the same bytes and none of them needs files.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, root))
const made = path('dist/assets.js')

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Makes `dist/assets.js` where it is missing or older than what it is made of. */
export async function freshAssets() {
  const since = statSync(made, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const folder = path('src/ui/client')
  const sources = readdirSync(folder).map((name) => `${folder}/${name}`)
  sources.push(folder, fileURLToPath(import.meta.url), path('package.json'))
  if (sources.some((source) => statSync(source).mtimeMs > since)) await makeAssets()
}

async function makeAssets() {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [path('src/ui/client/pages.js'), path('src/ui/client/pages.css')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    outdir: path('dist'),
    logLevel: 'warning',
  })
  const texts = outputFiles.map(({ path: name, text }) => ({ kind: kindOf(name), text }))
  texts.push({ kind: 'svg', text: readFileSync(path('src/ui/client/icon.svg'), 'utf8') })
  const assets = texts.map(({ kind, text }) => {
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 12)
    return [kind, { name: `pages-${hash}.${kind}`, type: types[kind], text }]
  })
  mkdirSync(path('dist'), { recursive: true })
  const declared = '{ readonly name: string; readonly type: string; readonly text: string }'
  replace(
    path('dist/assets.d.ts'),
    `export declare const assets: Readonly<Record<'css' | 'js' | 'svg', ${declared}>>\n`,
  )
  replace(made, `export const assets = ${JSON.stringify(Object.fromEntries(assets))}\n`)
}

/** @param {string} name @returns {'css' | 'js'} */
function kindOf(name) {
  return name.endsWith('.css') ? 'css' : 'js'
}

/** Whoever reads at the same moment finds the old one or the new one. @param {string} file @param {string} text */
function replace(file, text) {
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, text)
  renameSync(unfinished, file)
}
