import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The folder of the judges. */
export const here = fileURLToPath(new URL('.', import.meta.url))

/** What a command did. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command in the folder of the judges, or another; one that is not there has the code 127. */
export async function run(
  command: string,
  args: readonly string[],
  directory = here,
): Promise<Outcome> {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', SCARF_ANALYTICS: 'false' }
  const child = spawn(command, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  try {
    const [code] = await once(child, 'close')
    return { code: Number(code ?? 1), stdout, stderr }
  } catch (error) {
    return { code: 127, stdout, stderr: String(error) }
  }
}

/** Runs one of the installed tools. */
export function tool(name: string, args: readonly string[], directory = here): Promise<Outcome> {
  return run(`${here}node_modules/.bin/${name}`, args, directory)
}

/** What a command complains of: nothing where it went well. */
export function complaintsOf({ code, stdout, stderr }: Outcome): readonly string[] {
  return code === 0 ? [] : `${stdout}\n${stderr}`.trim().split('\n').slice(-20)
}
