import { randomUUID } from 'node:crypto'
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** The directory is another process's. `message` says whose and what to do. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse'
}

/** A lock held on a directory until it is released. */
export interface DirectoryLock {
  release(): void
}

const heartbeatMs = 5000
/** A lock of a process that we cannot see, as on another host, counts as held this long after its last beat. */
const silentMs = 20_000
/** The locks of this process. Its number alone says little: a container's first process is always 1. */
const held = new Set<string>()

/**
 * Takes a directory for this process. PGlite has no lock of its own: a second process would open the
 * same files without an error and lose what either writes. Throws {@link DirectoryInUse}. A process
 * whose lock is taken over while it was silent ends with that error at its next beat.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, 'lock')
  const own = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })
  take(path, own, directory)
  held.add(own)
  const heart = setInterval(() => beat(path, own, directory), heartbeatMs)
  heart.unref()
  return {
    release() {
      clearInterval(heart)
      held.delete(own)
      if (read(path)?.content === own) rmSync(path, { force: true })
    },
  }
}

function take(path: string, own: string, directory: string): void {
  // A lock left by a process that was killed is removed once; a second one is somebody's.
  for (const last of [false, true]) {
    if (create(path, own)) return
    const found = read(path)
    const holder = found && holderOf(found)
    if (last || holder !== undefined)
      throw new DirectoryInUse(
        `${directory} is in use by ${holder ?? 'another process'}. Stop it, or set DATABASE_URL to ` +
          'another directory or to a PostgreSQL database, which any number of processes can share. ' +
          `If that is no Tocsin, remove ${path}.`,
      )
    if (found !== undefined) discard(path, found.content)
  }
}

/** Shows that we are alive, and that the lock is still ours. */
function beat(path: string, own: string, directory: string): void {
  if (read(path)?.content !== own && !create(path, own))
    throw new DirectoryInUse(
      `${directory} was taken over by another process while this one did not answer: stopping, so ` +
        'that they do not both write to it.',
    )
  const now = new Date()
  utimesSync(path, now, now)
}

/** False where there is a lock already. */
function create(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' })
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

interface Found {
  readonly content: string
  /** When its holder was last alive, epoch milliseconds. */
  readonly beat: number
}

function read(path: string): Found | undefined {
  try {
    return { content: readFileSync(path, 'utf8'), beat: statSync(path).mtimeMs }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Removes what was found. Another process may have done so too, and put its own lock there: that stays. */
function discard(path: string, content: string): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return
    throw error
  }
  if (readFileSync(aside, 'utf8') === content) rmSync(aside)
  else renameSync(aside, path)
}

/** Who holds the lock, undefined where nobody does any more. */
function holderOf({ content, beat }: Found): string | undefined {
  const [, pid, host] = /^\{"pid":(\d+),"host":"([^"]*)",.*\}$/.exec(content) ?? []
  const here = host === hostname()
  const alive = (here ? isAlive(Number(pid), content) : undefined) ?? Date.now() - beat < silentMs
  if (!alive) return undefined
  if (pid === undefined) return 'another process'
  return here ? `process ${pid}` : `process ${pid} on host "${host}"`
}

/** Undefined where we may not ask. */
function isAlive(pid: number, content: string): boolean | undefined {
  if (pid === process.pid) return held.has(content)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Deno, which would want leave to run any program for that.
    if (error instanceof Error && error.name === 'NotCapable') return undefined
    return isCode(error, 'EPERM')
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
