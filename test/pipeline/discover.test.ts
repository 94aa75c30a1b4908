import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import health from '../../plugins/health.ts'
import { type StartedValkey, startValkey } from '../../src/cli/valkey-server.ts'
import { parseAddress } from '../../src/rules/address.ts'
import {
  deleteInstance,
  insertInstance,
  listInstances,
  updateInstance,
} from '../../src/store/instances.ts'
import { syncInstances } from '../../src/store/listed-instances.ts'
import { connect } from '../../src/valkey/connection.ts'
import { usePipeline } from '../support/fixtures.ts'
import { startSentinel } from '../support/sentinel.ts'
import { until } from '../support/until.ts'

const { database, pipeline, create } = usePipeline({ plugins: [health], pollIntervalMs: 60_000 })

async function watch(url: string) {
  const { host, port } = parseAddress(url)
  const settings = { labels: { team: 'a' }, enabled: true, pollIntervalMs: null }
  const seed = await insertInstance(pipeline.store, { name: 'seed', url, host, port, ...settings })
  if (seed === undefined) throw new Error('it is watched already')
  return seed
}

/** Looks at everything, as if it were time to ask for the others again. */
async function look() {
  await database.db.execute(
    sql`update instances set last_look_at = null, next_look_at = now() - interval '1 ms'`,
  )
  await pipeline.tickAll()
}

/** Looks until these are watched: on a busy machine a server may miss its deadline. */
const lookFor = (expected: readonly number[]) =>
  until(async () => {
    await look()
    return String(await ports()) === String(expected)
  })

const all = () => listInstances(pipeline.store, { limit: 100 })
const ports = async () => (await all()).map(({ port }) => port).sort()

describe('of a cluster', () => {
  let nodes: StartedValkey[]
  const admin = async (node: StartedValkey | undefined, ...words: (string | number)[]) => {
    const connection = connect({ url: urlOf(node), timeoutMs: 2000 })
    try {
      return await connection.call('CLUSTER', ...words)
    } finally {
      connection.close()
    }
  }
  const urlOf = (node: StartedValkey | undefined) => `redis://:secret@127.0.0.1:${node?.port}`

  beforeAll(async () => {
    const args = ['--cluster-enabled', 'yes', '--requirepass', 'secret']
    nodes = await Promise.all([1, 2, 3].map(() => startValkey({ args })))
    // Each meets every other: left to gossip, the last two might take seconds to find each other.
    for (const node of nodes)
      for (const { host, port } of nodes)
        if (port !== node.port) await admin(node, 'MEET', host, port)
    for (const node of nodes)
      await until(async () => {
        const known = String(await admin(node, 'NODES'))
        return known.trim().split('\n').length === 3 && !known.includes('handshake')
      })
  })
  afterAll(() => Promise.all(nodes.map((node) => node.stop())))
  const nodePorts = () => nodes.map(({ port }) => port).sort()

  test('the other nodes are found, and watched with the same password', async () => {
    const seed = await watch(`${urlOf(nodes[0])}?cluster=discover`)
    await lookFor(nodePorts())
    await look()
    const found = (await all()).filter(({ id }) => id !== seed.id)
    for (const instance of found)
      expect(instance).toMatchObject({
        name: `seed 127.0.0.1:${instance.port}`,
        labels: { team: 'a', cluster: 'seed' },
        source: 'discovered',
        discoveredBy: seed.id,
        state: 'up',
        lastError: null,
      })
  })

  test('nobody is looked for where nobody asked', async () => {
    await watch(urlOf(nodes[0]))
    await look()
    expect(await ports()).toEqual([nodes[0]?.port])
  })

  test('they go with the one that named them, or when it names them no more', async () => {
    const seed = await watch(`${urlOf(nodes[0])}?cluster=discover`)
    await lookFor(nodePorts())
    await updateInstance(pipeline.store, seed.id, { url: urlOf(nodes[0]) })
    expect(await all()).toHaveLength(1)
    await updateInstance(pipeline.store, seed.id, { url: `${urlOf(nodes[0])}?cluster=discover` })
    await lookFor(nodePorts())
    await deleteInstance(pipeline.store, seed.id)
    expect(await all()).toEqual([])
  })

  test('one that the environment lists is its own', async () => {
    await watch(`${urlOf(nodes[0])}?cluster=discover`)
    await lookFor(nodePorts())
    const listed = { name: 'listed', url: urlOf(nodes[1]), ...{ host: '127.0.0.1' } }
    await syncInstances(pipeline.store, [{ ...listed, port: nodes[1]?.port ?? 0 }])
    await look()
    const own = (await all()).find(({ name }) => name === 'listed')
    expect(own).toMatchObject({ source: 'environment', discoveredBy: null })
    expect(await all()).toHaveLength(3)
  })

  test('two replicas asking at once find each once', async () => {
    await watch(`${urlOf(nodes[0])}?cluster=discover`)
    await watch(`${urlOf(nodes[1])}?cluster=discover`)
    const other = await create()
    await Promise.all([pipeline.tickAll(), other.tickAll()])
    expect(await ports()).toEqual(nodePorts())
  })

  test('one that is forgotten leaves', async () => {
    await watch(`${urlOf(nodes[0])}?cluster=discover`)
    await lookFor(nodePorts())
    const [first, , gone] = nodes
    await gone?.stop()
    await look()
    expect(await all()).toHaveLength(3)
    const id = String(await admin(first, 'NODES'))
      .split('\n')
      .find((line) => line.includes(`:${gone?.port}@`))
    await admin(first, 'FORGET', id?.split(' ')[0] ?? '')
    await lookFor(
      nodes
        .slice(0, 2)
        .map(({ port }) => port)
        .sort(),
    )
  })
})

test('of a Sentinel, the primary and its replicas are watched, and after a failover still', async () => {
  const primary = await startValkey()
  const replica = await startValkey({ args: ['--replicaof', primary.host, `${primary.port}`] })
  const sentinel = await startSentinel(primary)
  try {
    await watch(`redis://127.0.0.1:${sentinel.port}?sentinel=main`)
    const watched = [primary.port, replica.port, sentinel.port].sort()
    await lookFor(watched)
    await look()
    const role = async () => (await all()).find(({ port }) => port === replica.port)
    expect(await role()).toMatchObject({ role: 'slave', labels: { sentinel: 'main', team: 'a' } })
    await sentinel.failover()
    await lookFor(watched)
    expect(await role()).toMatchObject({ role: 'master' })
  } finally {
    await sentinel.stop()
    await Promise.all([primary.stop(), replica.stop()])
  }
})
