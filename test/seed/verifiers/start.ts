import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** One of the seed's receivers, listening. It answers 200 to what it verifies, else 401. */
export interface Verifier {
  readonly language: string
  readonly url: string
  /** What it printed for the next request: `verified <event>` or `refused`. */
  next(): Promise<string>
  stop(): Promise<void>
}

const run = promisify(execFile)
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

interface Language {
  readonly name: string
  /** Prints its version; fails with ENOENT where the language is missing. */
  readonly check: readonly [program: string, ...flags: string[]]
  /** Prepares the receiver in a folder that is removed when it stops. */
  command(folder: string): Promise<readonly [program: string, ...parameters: string[]]>
}

const languages: readonly Language[] = [
  {
    name: 'Node.js',
    check: [process.execPath, '--version'],
    command: async () => [process.execPath, file('node.mjs')],
  },
  {
    name: 'Python',
    check: ['python3', '--version'],
    command: async () => ['python3', file('python.py')],
  },
  {
    name: 'Go',
    check: ['go', 'version'],
    command: (folder) => buildGo(folder, file('go/main.go')),
  },
]

/**
 * Builds a program of one file into a folder. Takes some twenty seconds the first time on a machine:
 * Go compiles its library.
 */
export async function buildGo(folder: string, source: string): Promise<[string]> {
  const { HOME, XDG_CACHE_HOME, GOCACHE } = process.env
  const cache = HOME || XDG_CACHE_HOME || GOCACHE ? {} : { GOCACHE: join(tmpdir(), 'tocsin-go') }
  const env = {
    ...process.env,
    ...cache,
    GO111MODULE: 'off',
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
  }
  const program = join(folder, 'receiver')
  await run('go', ['build', '-o', program, source], { env })
  return [program]
}

/**
 * Starts the receivers whose language this machine has, knowing `secret`.
 * `missing` names the other languages: print them, they prove nothing.
 */
export async function startVerifiers(
  secret: string,
): Promise<{ readonly running: readonly Verifier[]; readonly missing: readonly string[] }> {
  const started = await Promise.all(
    languages.map(async (language) =>
      (await isInstalled(language)) ? start(language, secret) : language.name,
    ),
  )
  return {
    running: started.filter((it) => typeof it !== 'string'),
    missing: started.filter((it) => typeof it === 'string'),
  }
}

/** Whether this machine has the language of a `check`. */
export async function isInstalled({
  check: [program, ...flags],
}: Pick<Language, 'check'>): Promise<boolean> {
  return run(program, flags).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}

async function start(language: Language, secret: string): Promise<Verifier> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-verifier-'))
  const [program, ...parameters] = await language.command(folder)
  const child = spawn(program, [...parameters, '0'], {
    env: { ...process.env, WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = () => child.kill()
  process.once('exit', kill)
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async () => {
    const line = await lines.next()
    if (line.done) throw new Error(`The ${language.name} receiver has ended.`)
    return line.value
  }
  const [, port] = (await next()).split(' ')
  return {
    language: language.name,
    url: `http://127.0.0.1:${port}/webhooks/betterdb`,
    next,
    async stop() {
      process.off('exit', kill)
      child.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
