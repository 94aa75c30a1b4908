import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { describeError } from '../rules/describe-error.ts'

/** The bytes of a file, of stdin for `-`. Throws, naming it, where it cannot be read. */
export async function readInput(file: string): Promise<Buffer> {
  try {
    return file === '-' ? await buffer(process.stdin) : await readFile(file)
  } catch (error) {
    throw new Error(`${file} cannot be read: ${describeError(error)}`, { cause: error })
  }
}
