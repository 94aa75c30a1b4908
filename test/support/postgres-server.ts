import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { promisify } from 'node:util'
import { findAccount, findPostgres } from './postgres-binaries.ts'

/** A PostgreSQL server of our own on a loopback port, which stays the same over restarts. */
export interface PostgresServer {
  /** The URL of one of its databases; `postgres` is always there. Its user may do anything. */
  url(database: string): string
  /** Starts it again after `stop`. */
  start(): Promise<void>
  /** Stops it and keeps its data. SIGQUIT is a crash: connections break, the log is replayed. */
  stop(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>
  restart(): Promise<void>
  /** Stops it and removes its data. */
  close(): Promise<void>
}

/**
 * Becomes the server; beside it waits a watcher that stops it and removes its folder when this
 * process is gone, however that ended: the pipe on descriptor 3 then ends without a line.
 */
const watched = `
  home=$1
  shift
  (
    read -r _ <&3 && exit
    kill -INT $$
    for second in 1 2 3 4 5 6 7 8 9 10; do
      sleep 1
      [ -e "$home/data/postmaster.pid" ] || break
    done
    rm -rf "$home"
  ) >/dev/null 2>&1 &
  exec "$@" 3<&-`

export interface PostgresServerOptions {
  /** Whether a commit waits for the disk, as in production. Default false. */
  readonly fsync?: boolean
}

/**
 * Creates and starts a server; takes about a second. Durable against anything but power loss, and
 * against that too with `fsync`.
 */
export async function startPostgres({
  fsync = false,
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const account = await findAccount()
  const { folder: programs } = await findPostgres(account)
  const home = await mkdtemp(join(tmpdir(), 'tocsin-postgres-'))
  if ('uid' in account) await chown(home, account.uid, account.gid)
  const data = join(home, 'data')
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))
  const options = { ...account, cwd: home, env: { ...Object.fromEntries(inherited), LC_ALL: 'C' } }
  const port = await freePort()
  let running: ChildProcess | undefined

  async function start() {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`]
    const flags = [...settings, `fsync=${fsync ? 'on' : 'off'}`, 'max_connections=200'].flatMap(
      (it) => ['-c', it],
    )
    const command = [join(programs, 'postgres'), '-D', data, ...flags]
    running = spawn('/bin/sh', ['-c', watched, 'sh', home, ...command], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    await ready(running)
  }

  async function stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT') {
    const server = running
    running = undefined
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    dismissWatcher(server)
    server.kill(signal)
    const impatient = setTimeout(() => server.kill('SIGQUIT'), 10_000)
    await ended
    clearTimeout(impatient)
  }

  async function close() {
    await stop()
    await rm(home, { recursive: true, force: true })
  }

  try {
    const cluster = ['-D', data, '-U', 'tocsin', '-A', 'trust', '-E', 'UTF8', '--locale=C']
    await promisify(execFile)(join(programs, 'initdb'), [...cluster, '--no-sync'], options)
    await start()
  } catch (error) {
    await close()
    throw error
  }
  return {
    url: (database) => `postgres://tocsin@127.0.0.1:${port}/${database}`,
    start,
    stop,
    close,
    async restart() {
      await stop()
      await start()
    },
  }
}

/** Sends the watcher home: the server ends, or has ended, by our own doing. */
function dismissWatcher(server: ChildProcess): void {
  const pipe = server.stdio[3]
  if (pipe instanceof Writable && !pipe.writableEnded) pipe.end('ended\n')
}

/** Resolves when the server takes connections; rejects with its last words when it ends first. */
async function ready(server: ChildProcess): Promise<void> {
  if (!server.stderr) throw new TypeError('The log of the server is not piped.')
  server.once('exit', () => dismissWatcher(server))
  const log = createInterface(server.stderr)
  const last: string[] = []
  await new Promise<void>((resolve, reject) => {
    log.on('line', (line) => {
      if (line.includes('ready to accept connections')) resolve()
      if (last.push(line) > 20) last.shift()
    })
    log.once('close', () => {
      reject(new Error(`PostgreSQL did not start. It said:\n${last.join('\n')}`))
    })
  })
}

/** A free port below those the system hands out, so that nobody takes it while we are stopped. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const probe = createServer().listen(port, '127.0.0.1')
    const free = await once(probe, 'listening').then(
      () => true,
      () => false,
    )
    if (!free) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
}
