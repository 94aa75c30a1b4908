// postgres.js 3.4.9 writes to a socket that has gone when its server crashes amid traffic: the whole
// process ends, or the connection never sends again (porsager/postgres #1066, #1154, #1208). Nobody hears
// what becomes of its first question on a connection, so that the process ends where the server crashes
// before it is answered. So does what it is made of for Workers. Mended while bundling, until a release
// does it.
import { readFileSync } from 'node:fs'

/** Each place, and what stands there instead. A place that is not found fails the bundle. */
const mends = [
  [
    'function nextWrite(fn) {\n',
    "function nextWrite(fn) {\n    if (!socket) {\n      chunk = nextWriteTimer = null\n      ;(query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))\n      return false\n    }\n",
  ],
  ['return fetchArrayTypes()', 'return fetchArrayTypes().catch(() => {})'],
  [
    '\n    clearImmediate(nextWriteTimer)\n',
    '\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n',
  ],
]

/** @type {import('esbuild').Plugin} */
export const mendedPostgres = {
  name: 'mended-postgres',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]postgres[\\/](cf[\\/])?src[\\/]connection\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, 'utf8')
      for (const [place = '', instead = ''] of mends) {
        if (!contents.includes(place)) throw new Error(`${path} is not the version that is mended.`)
        contents = contents.replaceAll(place, instead)
      }
      return { contents, loader: 'js' }
    })
  },
}
