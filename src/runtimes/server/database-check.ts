import { access, constants } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import postgres from 'postgres'
import { describeError } from '../../rules/describe-error.ts'
import type { DatabaseSetting } from '../environment.ts'

/** Whether the database can be had; nothing in it is read or changed. No password in `detail`. */
export async function checkDatabase(
  setting: DatabaseSetting,
): Promise<{ ok: boolean; detail: string }> {
  switch (setting.kind) {
    case 'memory':
      return { ok: true, detail: 'in memory: gone when Tocsin stops' }
    case 'directory':
      return checkDirectory(setting.path)
    case 'postgres':
      return checkPostgres(setting.url)
  }
}

async function checkPostgres(url: string) {
  const { host, pathname } = new URL(url)
  const client = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    const [row] = await client`show server_version`
    return { ok: true, detail: `PostgreSQL ${row?.server_version} at ${host}${pathname}` }
  } catch (error) {
    const detail = `PostgreSQL at ${host}${pathname} cannot be used: ${describeError(error)}`
    return { ok: false, detail: `${detail}. Check DATABASE_URL and that the server is running.` }
  } finally {
    await client.end({ timeout: 1 })
  }
}

/** A directory that is not there yet is made at the first start, if its parent lets us. */
async function checkDirectory(path: string) {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const code = await access(folder, constants.W_OK).then(
      () => 'ok',
      (error: NodeJS.ErrnoException) => error.code ?? 'unknown',
    )
    if (code === 'ok') return { ok: true, detail: `embedded, in ${path}` }
    if (code !== 'ENOENT' || folder === dirname(folder))
      return { ok: false, detail: `${folder} cannot be written to (${code}). Set DATABASE_URL.` }
  }
}
