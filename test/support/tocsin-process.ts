import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { readSettings } from '../../src/runtimes/environment.ts'
import { type OpenDatabase, openDatabase } from '../../src/runtimes/server/database.ts'
import { createDatabase } from './databases.ts'
import { noteLog, noteSecrets } from './secret-search.ts'

/** What starts the service, beside the runtime. */
export const launcher = fileURLToPath(new URL('../../src/cli/tocsin.js', import.meta.url))

/**
 * Node as tests start it: WebAssembly stays as it is first compiled. The faster code that Node would
 * make of it meanwhile takes a second of a processor, which such short lives do not earn back.
 */
const shortLived = [process.execPath, '--liftoff-only', launcher]

/** Node as `npm start` starts it, for what is measured. */
export const lasting = [process.execPath, '--max-semi-space-size=32', launcher]

/** The service as a process of its own, on a free port of this machine. */
export interface TocsinProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly pid: number
  /** Everything written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Milliseconds from the launch to the first answer of `/readyz`. */
  readonly readyMs: number
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  /** SIGTERM; resolves with the exit status and how long it took. */
  stop(): Promise<{ code: number | null; ms: number }>
  /** SIGKILL. */
  kill(): Promise<void>
}

/** A place for data that outlives a process: a database, or a directory with one. */
export interface DataPlace {
  readonly url: string
  remove(): Promise<void>
}

/** A fresh database of the project's kind for processes to use, one after another. */
export async function createPlace(): Promise<DataPlace> {
  const source = inject('database')
  if (source.kind === 'postgres') {
    const database = await createDatabase()
    return { url: database.url, remove: () => database.close() }
  }
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-place-'))
  const { copyTemplateTo } = await import('./pglite.ts')
  copyTemplateTo(join(directory, 'pgdata'), source.template)
  return { url: directory, remove: () => rm(directory, { recursive: true, force: true }) }
}

/** Opens it as the service does, while no process has it. */
export async function openPlace({ url }: DataPlace): Promise<OpenDatabase> {
  const read = readSettings({ DATABASE_URL: url })
  if (!read.ok) throw new Error('That is no DATABASE_URL.')
  return openDatabase(read.settings.database)
}

export type TestEnvironment = Readonly<Record<string, string | undefined>>

/** Launches a command of the service without waiting for anything. */
export function launch(
  args: readonly string[],
  environment: TestEnvironment,
  [program = '', ...leading]: readonly string[] = shortLived,
): {
  child: ChildProcess
  output: { stdout: string; stderr: string }
  exited: Promise<number | null>
} {
  const child = spawn(program, [...leading, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LOG_FORMAT: 'json',
      RATE_LIMITS: 'off',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  noteSecrets(environment)
  noteLog(`${args.join(' ')} (process ${child.pid})`, () => output.stdout + output.stderr)
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return { child, output, exited }
}

/** Starts the service, on this Node unless a command says otherwise, and waits until it is ready. */
export async function startTocsin(
  environment: TestEnvironment,
  command?: readonly string[],
): Promise<TocsinProcess> {
  const startedAt = performance.now()
  const { child, output, exited } = launch(['start'], { PORT: '0', ...environment }, command)
  const ended = exited.then((code): never => {
    throw new Error(`the service ended with ${code}: ${output.stderr}`)
  })
  const url = await Promise.race([announced(child, output).then(ready), ended]).catch(
    async (error) => {
      // Nobody else knows of it.
      child.kill('SIGKILL')
      await exited
      throw error
    },
  )
  const readyMs = performance.now() - startedAt

  return {
    url,
    pid: child.pid ?? 0,
    output,
    readyMs,
    async api(method, path, body) {
      noteSecrets(body)
      const response = await fetch(url + path, {
        method,
        ...(body !== undefined && {
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
      const text = await response.text()
      const answer = { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
      noteSecrets(answer.body)
      return answer
    },
    async stop() {
      const from = performance.now()
      child.kill('SIGTERM')
      const code = await exited
      return { code, ms: performance.now() - from }
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** The address, once the service behind it says that it is ready. */
async function ready(url: string): Promise<string> {
  const answer = await fetch(`${url}/readyz`)
  if (!answer.ok) throw new Error(`/readyz answered ${answer.status}: ${await answer.text()}`)
  return url
}

/** The address the service prints once it is ready. */
function announced(child: ChildProcess, output: { stdout: string }): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on('data', () => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output.stdout) ?? []
      if (url !== undefined) resolve(url)
    })
  })
}
