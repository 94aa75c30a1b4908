import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

const names = ['valkey-server', 'redis-server']

/** Where the environment's programs are found; `process.env` fits. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The path of valkey-server or redis-server: from PATH, else installed through apt as root or
 * through `sudo -n`, with its progress on stderr.
 * @throws Error saying how to get one
 */
export async function installValkey(env: Environment = process.env): Promise<string> {
  const found = await findProgram(names, env)
  if (found) return found
  const failure = await aptInstall(names, env)
  const installed = await findProgram(names, env)
  if (installed) return installed
  throw new Error(
    [
      `Neither valkey-server nor redis-server is on PATH, and installing one failed: ${failure}`,
      'Install one and try again:',
      '  Debian, Ubuntu: sudo apt-get install -y valkey-server   (older releases: redis-server)',
      '  Fedora, RHEL:   sudo dnf install -y valkey              (older releases: redis)',
      '  Alpine:         sudo apk add valkey',
      '  macOS:          brew install valkey',
    ].join('\n'),
  )
}

/** The first of these programs on PATH. */
export async function findProgram(
  programs: readonly string[],
  env: Environment,
): Promise<string | undefined> {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const path of programs.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (executable) return path
  }
  return undefined
}

/**
 * Tries to install one of these packages. Returns why that did not work; what it installed is for
 * PATH to show.
 */
export async function aptInstall(packages: readonly string[], env: Environment): Promise<string> {
  const apt = await findProgram(['apt-get'], env)
  if (!apt) return 'this system has no apt-get.'
  const sudo = process.getuid?.() === 0 ? undefined : await findProgram(['sudo'], env)
  if (process.getuid?.() !== 0 && !sudo) return 'apt-get needs root, and there is no sudo.'

  const aptGet = async (...args: readonly string[]) => {
    const command = [...(sudo ? [sudo, '-n'] : []), apt, ...args]
    process.stderr.write(`${command.join(' ')}\n`)
    const [program = apt, ...rest] = command
    const child = spawn(program, rest, {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
      // Its output is progress, so it goes where progress goes.
      stdio: ['ignore', 2, 2],
    })
    const [code] = await once(child, 'exit')
    return code === 0
  }

  if (!(await aptGet('update')))
    process.stderr.write('Updating failed; trying with the old lists\n')
  for (const name of packages)
    if (await aptGet('install', '-y', '--no-install-recommends', name)) return ''
  return `apt-get could install none of ${packages.join(', ')}; its own lines are above.`
}
