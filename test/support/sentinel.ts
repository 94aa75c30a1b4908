import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installValkey } from '../../src/cli/valkey-server.ts'
import { connect } from '../../src/valkey/connection.ts'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

/** A Sentinel of our own that watches one primary, `main`; resolves once it knows its replica. */
export async function startSentinel(primary: { host: string; port: number }) {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-sentinel-'))
  const port = await freePort()
  const file = join(folder, 'sentinel.conf')
  await writeFile(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor main ${primary.host} ${primary.port} 1`,
      'sentinel down-after-milliseconds main 5000',
      'sentinel failover-timeout main 5000',
    ].join('\n'),
  )
  const child = spawn(await installValkey(), [file, '--sentinel'], { stdio: 'ignore' })
  const connection = connect({ url: `redis://127.0.0.1:${port}`, timeoutMs: 1000 })

  /** The Sentinel has come to know it. */
  const known = (probe: () => Promise<boolean>) => until(() => probe().catch(() => false), 10_000)
  const replicas = async () => await connection.call('SENTINEL', 'SLAVES', 'main')
  await known(async () => Array.isArray(await replicas()) && (await replicas())?.toString() !== '')

  return {
    port,
    /** A planned failover; resolves once the Sentinel names the new primary. */
    async failover() {
      // It takes a replica for one only once that one has told it its own state.
      await known(async () => Boolean(await connection.call('SENTINEL', 'FAILOVER', 'main')))
      await known(async () => {
        const address = await connection.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main')
        return Array.isArray(address) && address[1] !== `${primary.port}`
      })
    },
    async stop() {
      connection.close()
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
