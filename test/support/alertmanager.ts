import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = join(tmpdir(), 'tocsin-alertmanager')
const program = join(cache, 'usr/bin/tocsin-alertmanager')

export interface Alertmanager {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * `alertmanager` from PATH, else Debian's package, unpacked once a machine and not installed. Rejects
 * with how to get one where neither is to be had.
 */
async function findAlertmanager(): Promise<{ command: string; cwd: string }> {
  for (const command of ['alertmanager', 'prometheus-alertmanager']) {
    const runs = await run(command, ['--version']).then(
      () => true,
      () => false,
    )
    if (runs) return { command, cwd: tmpdir() }
  }
  const unpacked = { command: program, cwd: cache }
  if (await exists(program)) return unpacked
  const work = await mkdtemp(join(tmpdir(), 'tocsin-unpack-'))
  try {
    await download(work)
    const name = (await readdir(work)).find((file) => file.endsWith('.deb')) ?? ''
    const root = join(work, 'root')
    await mkdir(root)
    await run('dpkg', ['-x', join(work, name), root])
    // Debian's looks for its templates under /usr/share: here, in the folder it is started in.
    const binary = await readFile(join(root, 'usr/bin/prometheus-alertmanager'), 'latin1')
    const moved = binary.replaceAll(
      '/usr/share/prometheus/alertmanager',
      'usr/share//prometheus/alertmanager',
    )
    const own = join(root, 'usr/bin/tocsin-alertmanager')
    await writeFile(own, moved, { encoding: 'latin1', mode: 0o755 })
    await rename(root, cache).catch(async (error: unknown) => {
      // Another process was quicker.
      if (!(await exists(program))) throw error
    })
    return unpacked
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Of lists that are old, the package may be gone: they are fetched anew once, by who may. */
async function download(cwd: string): Promise<void> {
  const get = () =>
    run('apt-get', ['download', 'prometheus-alertmanager'], { cwd, timeout: 60_000 })
  await get()
    .catch(async () => {
      await run('apt-get', ['update'], { timeout: 60_000 })
      return get()
    })
    .catch((error: unknown) => {
      throw new Error(
        "No Alertmanager: put an `alertmanager` on PATH (https://prometheus.io/download), or Debian's " +
          `package: apt-get install prometheus-alertmanager. It cannot be downloaded here: ${String(error)}`,
      )
    })
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Starts one with nobody to notify, on a free port of 127.0.0.1. */
export async function startAlertmanager(): Promise<Alertmanager> {
  const { command, cwd } = await findAlertmanager()
  const data = await mkdtemp(join(tmpdir(), 'tocsin-alerts-'))
  const config = join(data, 'alertmanager.yml')
  await writeFile(config, 'route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n')
  const flags = [
    `--config.file=${config}`,
    `--storage.path=${data}`,
    '--cluster.listen-address=',
    '--web.listen-address=127.0.0.1:0',
  ]
  const child = spawn(command, flags, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line)
    const address = /Listening on" address=(\S+)/.exec(line)?.[1]
    if (address === undefined) continue
    child.stderr.resume()
    return {
      url: `http://${address}`,
      async stop() {
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
        await rm(data, { recursive: true, force: true })
      },
    }
  }
  throw new Error(`Alertmanager does not start:\n${said.join('\n')}`)
}
