import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { installValkey } from './valkey-install.ts'

export { installValkey }

export interface StartOptions {
  /** Further arguments of the server, such as `['--maxclients', '20']`. */
  readonly args?: readonly string[]
  /** Default: a free one, below 55536 so that a cluster bus has room. */
  readonly port?: number
}

/** A running server of our own. */
export interface StartedValkey {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly pid: number
  /** Such as `8.1.1`. */
  readonly version: string
  /** Ends it and removes its folder; harmless when it has ended already. */
  stop(): Promise<void>
  /** Freezes it: connections are accepted by the system, nothing is answered. */
  pause(): void
  resume(): void
}

/** What is still running must not outlive this process. */
const leavers = new Set<() => void>()
process.once('exit', () => {
  for (const leave of leavers) leave()
})

/** Starts a server on 127.0.0.1, without persistence, in a folder of its own; resolves once it answers. */
export async function startValkey(options: StartOptions = {}): Promise<StartedValkey> {
  const program = await installValkey()
  const version = await versionOf(program)
  for (let attempt = 1; ; attempt++) {
    const started = await start(program, version, options.port ?? (await freePort()), options)
    if (typeof started !== 'string') return started
    // Between finding a free port and using it somebody else may have taken it.
    const retry = options.port === undefined && attempt < 5 && /already in use/i.test(started)
    if (!retry) throw new Error(`${program} did not start:\n${started}`)
  }
}

async function start(
  program: string,
  version: string,
  port: number,
  { args = [] }: StartOptions,
): Promise<StartedValkey | string> {
  const host = '127.0.0.1'
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-valkey-'))
  // Asked over a socket in its own folder, it cannot be mistaken for another one on that port.
  const socket = join(folder, 'socket')
  const fixed = ['--port', `${port}`, '--bind', host, '--dir', folder, '--unixsocket', socket]
  const child = spawn(program, [...fixed, '--save', '', '--appendonly', 'no', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log = `${log}${chunk}`.slice(-4000)
    })
  const ended = endOf(child)
  const leave = () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  leavers.add(leave)

  async function stop(): Promise<void> {
    leavers.delete(leave)
    // Nothing is to be saved, and a frozen server heeds no other signal.
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  }

  const answers = await untilItAnswers(socket, ended)
  const { pid } = child
  if (answers && pid !== undefined)
    return {
      url: `redis://${host}:${port}`,
      host,
      port,
      pid,
      version,
      stop,
      pause: () => child.kill('SIGSTOP'),
      resume: () => child.kill('SIGCONT'),
    }
  await stop()
  return log || 'it did not answer'
}

/** Resolves once the process is gone, or never came to be. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
}

/** True once a PING is answered, also by a refusal for want of a password; false after 10 s. */
async function untilItAnswers(path: string, ended: Promise<void>): Promise<boolean> {
  let gone = false
  ended.then(() => {
    gone = true
  })
  const deadline = Date.now() + 10_000
  while (!gone && Date.now() < deadline) {
    if (/^(\+PONG|-NOAUTH)/.test(await ping(path))) return true
    await sleep(10)
  }
  return false
}

/** The first bytes a server answers to PING; empty where none came. */
function ping(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ path }, () => socket.write('PING\r\n'))
    const settle = (answer: string) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => settle(''))
    socket.once('data', (chunk) => settle(chunk.toString()))
    socket.once('error', () => settle(''))
    socket.once('close', () => settle(''))
  })
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['--version'])
  return /v=([\d.]+)/.exec(stdout)?.[1] ?? 'unknown'
}

async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    server.close()
    await once(server, 'close')
    if (typeof address === 'object' && address && address.port < 55536) return address.port
  }
}
