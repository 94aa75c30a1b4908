import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  DirectoryInUse,
  type DirectoryLock,
  lockDirectory,
} from '../../src/runtimes/server/directory-lock.ts'
import { bundled } from '../support/bundled.ts'

const source = fileURLToPath(
  new URL('../../src/runtimes/server/directory-lock.ts', import.meta.url),
)

let root = ''
let directory = ''
let path = ''
const locks: DirectoryLock[] = []
const children: ChildProcess[] = []
/** What other processes import: translating it anew takes each of them longer than its test. */
let script: Awaited<ReturnType<typeof bundled>>

beforeAll(async () => {
  script = await bundled(source)
})
afterAll(() => script.remove())

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tocsin-lock-'))
  directory = root
  path = join(directory, 'lock')
})
afterEach(async () => {
  vi.useRealTimers()
  for (const lock of locks.splice(0)) lock.release()
  for (const child of children.splice(0)) await kill(child)
  rmSync(root, { recursive: true, force: true })
})

function lock(): DirectoryLock {
  const taken = lockDirectory(directory)
  locks.push(taken)
  return taken
}

/** Another process, running `work` with `lockDirectory` and `ready` (which says a line to us) at hand. */
async function another(work: string): Promise<{ child: ChildProcess; said: string }> {
  const begin = `import { lockDirectory } from ${JSON.stringify(script.path)}
    const ready = (line) => process.stdout.write(line + '\\n')
    setInterval(() => {}, 60_000)\n`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', begin + work], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let said = ''
  child.stdout.setEncoding('utf8')
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk
    if (said.endsWith('\n')) break
  }
  return { child, said: said.trim() }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const taking = () => `lockDirectory(${JSON.stringify(directory)}); ready('taken')`

/** A lock left by somebody, last alive so many milliseconds ago. */
function left(content: string, ageMs: number): void {
  writeFileSync(path, content)
  const beat = new Date(Date.now() - ageMs)
  utimesSync(path, beat, beat)
}
const elsewhere = '{"pid":12,"host":"elsewhere","id":"x"}'

describe('a directory', () => {
  it('is made and taken, and given back', () => {
    directory = join(directory, 'deeper', 'still')
    path = join(directory, 'lock')
    const taken = lock()
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    })
    taken.release()
    expect(existsSync(path)).toBe(false)
    expect(() => lock()).not.toThrow()
  })

  it('is refused to a second lock in the same process', () => {
    lock()
    expect(() => lock()).toThrow(DirectoryInUse)
    expect(existsSync(path)).toBe(true)
  })

  it('that another process has is refused, saying whose it is and what to do', async () => {
    const { child, said } = await another(taking())
    expect(said).toBe('taken')
    expect(() => lock()).toThrow(DirectoryInUse)
    expect(() => lock()).toThrow(
      `${directory} is in use by process ${child.pid}. Stop it, or set DATABASE_URL to another ` +
        'directory or to a PostgreSQL database, which any number of processes can share. ' +
        `If that is no Tocsin, remove ${path}.`,
    )
  })

  it('that we have is refused to another process, which leaves our lock alone', async () => {
    lock()
    const ours = readFileSync(path, 'utf8')
    const { said } = await another(
      `try { ${taking()} } catch (error) { ready(error.name + ' ' + error.message) }`,
    )
    expect(said).toMatch(/^DirectoryInUse /)
    expect(said).toContain(`process ${process.pid}.`)
    expect(readFileSync(path, 'utf8')).toBe(ours)
  })

  it('of a process that was killed is taken over at once', async () => {
    const { child } = await another(taking())
    expect(() => lock()).toThrow(DirectoryInUse)
    await kill(child)
    expect(existsSync(path)).toBe(true)
    lock()
    expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid)
    expect(readdirSync(directory)).toEqual(['lock'])
  })

  it('of an earlier process with our number, as in a restarted container, is taken over at once', () => {
    left(JSON.stringify({ pid: process.pid, host: hostname(), id: 'of the one before' }), 0)
    expect(() => lock()).not.toThrow()
  })

  it('that another process gave back is free', async () => {
    const { said } = await another(taking().replace(';', '.release();'))
    expect(said).toBe('taken')
    expect(() => lock()).not.toThrow()
  })

  it('is taken by exactly one of two that find it left behind at the same time', async () => {
    const names = Array.from({ length: 500 }, (_, n) => join(directory, String(n)))
    for (const name of names) {
      mkdirSync(name)
      directory = name
      path = join(name, 'lock')
      left(elsewhere, 60_000)
    }
    const start = Date.now() + 1500
    const race = `
      const taken = []
      for (const [n, name] of ${JSON.stringify(names)}.entries()) {
        while (Date.now() < ${start} + n * 3);
        try { lockDirectory(name); taken.push(n) } catch (error) {
          if (error.name !== 'DirectoryInUse') throw error
        }
      }
      ready(JSON.stringify(taken))`
    const raced = await Promise.all([another(race), another(race)])
    const winners: number[] = raced.flatMap(({ said }) => JSON.parse(said))
    expect(winners.sort((a, b) => a - b)).toEqual(names.map((_, n) => n))
  }, 20_000)
})

describe('a lock from another host', () => {
  it('is honoured until it has been silent for 20 s', () => {
    left(elsewhere, 19_000)
    expect(() => lock()).toThrow(
      `${directory} is in use by process 12 on host "elsewhere". Stop it`,
    )
    expect(readFileSync(path, 'utf8')).toBe(elsewhere)
    left(elsewhere, 20_000)
    expect(() => lock()).not.toThrow()
  })

  it('is honoured also where its process has a number that is none here', () => {
    left(elsewhere.replace('12', '4194304'), 0)
    expect(() => lock()).toThrow(DirectoryInUse)
  })
})

describe('a lock that says nothing', () => {
  it.each(['', 'garbage', '{"pid":"x"}'])('%j is honoured while it is fresh', (content) => {
    left(content, 0)
    expect(() => lock()).toThrow(`${directory} is in use by another process. Stop it`)
    left(content, 60_000)
    expect(() => lock()).not.toThrow()
  })
})

describe('a held lock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  })

  /** In whole seconds, which every file system keeps exactly. */
  const past = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 60_000)

  it('shows every 5 s that its process is alive', () => {
    lock()
    utimesSync(path, past, past)
    vi.advanceTimersByTime(4999)
    expect(statSync(path).mtimeMs).toBe(past.getTime())
    vi.advanceTimersByTime(1)
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(5000)
  })

  it('is put back where somebody removed it', () => {
    lock()
    const ours = readFileSync(path, 'utf8')
    rmSync(path)
    vi.advanceTimersByTime(5000)
    expect(readFileSync(path, 'utf8')).toBe(ours)
  })

  it('that another process has taken over ends this one, rather than both writing', () => {
    const taken = lock()
    writeFileSync(path, elsewhere)
    utimesSync(path, past, past)
    expect(() => vi.advanceTimersByTime(5000)).toThrow(/was taken over by another process/)
    expect(statSync(path).mtimeMs).toBe(past.getTime())
    taken.release()
    expect(readFileSync(path, 'utf8')).toBe(elsewhere)
  })

  it('once given back beats no more, and is given back once only', () => {
    const taken = lock()
    taken.release()
    expect(vi.getTimerCount()).toBe(0)
    lock()
    taken.release()
    expect(existsSync(path)).toBe(true)
    expect(vi.getTimerCount()).toBe(1)
  })

  it('may be given back after its directory is gone', () => {
    const taken = lock()
    rmSync(directory, { recursive: true })
    expect(() => taken.release()).not.toThrow()
  })
})

describe('a process', () => {
  it('is not kept alive by the lock it holds', async () => {
    const begin = `import { lockDirectory } from ${JSON.stringify(script.path)}
      lockDirectory(${JSON.stringify(directory)})`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', begin], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    children.push(child)
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
