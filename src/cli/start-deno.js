// Starts the service on Deno with the least permissions that its settings need. Plain JavaScript on
// Node, as the bundle is made there: Deno would need leave to run programs for that.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { freshBundle } from './bundle.js'

const secretFiles = Object.entries(process.env).flatMap(([name, value]) =>
  name.endsWith('_FILE') && value ? [value] : [],
)
const { DATABASE_URL: database = '' } = process.env
// A database that is no directory is reached over the network, or is memory.
const data = database.includes('://') ? [] : [database.trim() || '.tocsin']
const root = fileURLToPath(new URL('../../', import.meta.url))

/** @param {readonly string[]} paths */
const list = (paths) => paths.map((path) => path.replaceAll(',', ',,')).join(',')

const permissions = [
  '--allow-net',
  '--allow-env',
  '--allow-sys=hostname',
  `--allow-read=${list([root, '.', ...data, ...secretFiles])}`,
  ...(data.length > 0 ? [`--allow-write=${list(data)}`] : []),
]
// The last one: a request's signal fires when its client goes, not at the end of each.
const flags = ['--no-lock', '--no-prompt', '--unstable-no-legacy-abort']
const bundle = fileURLToPath(await freshBundle())
const deno = spawn('deno', ['run', ...flags, ...permissions, bundle, 'start'], {
  stdio: 'inherit',
})
deno.on('error', () => {
  console.error('tocsin: deno was not found. Install it (https://deno.com) or run npm install.')
  process.exit(1)
})
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => deno.kill(signal))
deno.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0))
})
