import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * The path of a Node of this version, from npm's cache or the registry. Not a dependency: its
 * `node` would be the one that every script of this package runs on.
 */
export async function newerNode(version: string): Promise<string> {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}@${version}`
  const command = ['exec', '--yes', `--package=${name}`, '--', 'node', '-p', 'process.execPath']
  const { stdout } = await run('npm', command).catch((error: Error) => {
    throw new Error(`Node ${version} could not be had from npm as ${name}: ${error.message}`)
  })
  return stdout.trim()
}
