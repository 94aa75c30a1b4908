import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of this package, wherever this code has been put together: in its source or a bundle. */
export const root = findRoot(new URL('.', import.meta.url))

function findRoot(folder: URL): URL {
  if (existsSync(fileURLToPath(new URL('package.json', folder)))) return folder
  const parent = new URL('..', folder)
  if (parent.href === folder.href) throw new Error('The folder of Tocsin itself was not found.')
  return findRoot(parent)
}
