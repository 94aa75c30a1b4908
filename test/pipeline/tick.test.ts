import { createServer, type Server, type Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import { definePlugin, type Plugin, permitted } from 'tocsin/plugin'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type StartedValkey, startValkey } from '../../src/cli/valkey-server.ts'
import { turnOf } from '../../src/pipeline/phase.ts'
import { createSettle } from '../../src/pipeline/settle.ts'
import { listEvents } from '../../src/store/events.ts'
import { findInstance, insertInstance } from '../../src/store/instances.ts'
import { claimLooks, settleLooks } from '../../src/store/looks.ts'
import { pluginReport, recall } from '../../src/store/states.ts'
import { connect } from '../../src/valkey/connection.ts'
import { usePipeline } from '../support/fixtures.ts'
import { level, thing } from '../support/pipeline.ts'
import { until } from '../support/until.ts'

const { database, create } = usePipeline()
const pipelineWith = (...plugins: Plugin[]) => create({ plugins })
let valkey: StartedValkey

beforeAll(async () => {
  valkey = await startValkey()
})
afterAll(() => valkey.stop())

async function watch(
  pipeline: { store: Parameters<typeof insertInstance>[0] },
  url = valkey.url,
  pollIntervalMs: number | null = null,
) {
  const { hostname: host, port } = new URL(url)
  const instance = await insertInstance(pipeline.store, {
    name: 'cache',
    url,
    host,
    port: Number(port),
    labels: {},
    enabled: true,
    pollIntervalMs,
  })
  if (instance === undefined) throw new Error('it is watched already')
  return instance
}

const makeDue = () =>
  database.db.execute(sql`update instances set next_look_at = now() - interval '1 ms'`)

/** What a look says of a server that has nothing new to say. */
const quiet = {
  ...{ state: 'up' as const, server: null, version: null, role: null, lastError: null },
  ...{ lacks: null, seen: true, everyMs: 5000, turnMs: 0, recheckMs: null, stateVersion: 0 },
}

/** Emits what it is told to, and counts its looks. */
function scripted(values: number[]) {
  return definePlugin({
    name: 'scripted',
    events: [level, thing],
    state: z.object({ looks: z.int() }),
    async poll({ emit, state, valkey: server }) {
      await server.call('PING')
      const looks = (state?.looks ?? 0) + 1
      const value = values[looks - 1]
      if (value !== undefined) emit(level, { value })
      return { looks }
    },
  })
}

describe('a look', () => {
  test('says what the instance is, and when it was seen', async () => {
    const pipeline = await pipelineWith()
    const { id } = await watch(pipeline)
    await pipeline.tickAll()
    expect(await findInstance(pipeline.store, id)).toMatchObject({
      state: 'up',
      version: valkey.version,
      role: 'master',
      lastError: null,
      lastSeenAt: expect.any(Date),
      lookId: null,
    })
  })

  test('records what the server denies, asks for it no more, and goes on', async () => {
    const asking = definePlugin({
      name: 'asking',
      events: [level],
      requires: { commands: ['acl|log'], capabilities: { log: { without: 'No log.' } } },
      async poll({ valkey: server, emit, capability }) {
        capability('log', false)
        await permitted(server.call('ACL', 'LOG', 128))
        emit(level, { value: 1 })
        await server.call('ACL', 'LOG', 10)
        return undefined
      },
    })
    const pipeline = await pipelineWith(asking)
    const admin = connect({ url: valkey.url, timeoutMs: 1000 })
    await admin.call('ACL', 'SETUSER', 'narrow', 'on', '>right', '-@all', '+info', '+ping')
    const { id } = await watch(pipeline, valkey.url.replace('//', '//narrow:right@'))
    await pipeline.tickAll()
    const first = await findInstance(pipeline.store, id)
    expect(first).toMatchObject({
      state: 'up',
      lacks: { 'acl|log': { reason: 'denied' }, 'asking/log': { reason: 'off' } },
    })
    await makeDue()
    await pipeline.tickAll()
    expect((await findInstance(pipeline.store, id))?.lacks).toEqual(first?.lacks)
    expect(await pluginReport(pipeline.store)).toEqual([])
    const log = await admin.call('ACL', 'LOG', 128)
    expect(String(log).match(/acl\|?(log)?,username,narrow/g)).toHaveLength(1)
    expect(String(log)).toContain('count,1,')
    admin.close()
  })

  test('at a server that is not there says so, and the next one is due all the same', async () => {
    const pipeline = await pipelineWith()
    const { id } = await watch(pipeline, 'redis://127.0.0.1:1')
    await pipeline.tickAll()
    const down = await findInstance(pipeline.store, id)
    expect(down).toMatchObject({ state: 'down', lastError: 'Connection refused', lastSeenAt: null })
    expect(down?.nextLookAt.getTime()).toBeLessThan(Date.now() + 1000)
  })

  test('comes at the turn of its instance, whenever the one before ended', async () => {
    const pipeline = await pipelineWith(scripted([]))
    const { id } = await watch(pipeline)
    for (let look = 0; look < 3; look += 1) {
      await makeDue()
      await pipeline.tickAll()
      const due = (await findInstance(pipeline.store, id))?.nextLookAt.getTime() ?? 0
      expect((due - turnOf(id, 100)) % 100).toBeCloseTo(0)
      expect(due).toBeLessThanOrEqual(Date.now() + 125)
    }
  })

  test('commits its event together with the state it came from', async () => {
    const pipeline = await pipelineWith(scripted([95]))
    const { id } = await watch(pipeline)
    await pipeline.webhook({ url: 'http://127.0.0.1:9', events: [level.type] })
    await pipeline.tickAll()
    expect(await listEvents(pipeline.store, {}, { limit: 10 })).toMatchObject([
      { type: level.type, instanceId: id, source: 'plugin', host: '127.0.0.1' },
    ])
    expect(await recall(pipeline.store, [id])).toMatchObject([{ state: { looks: 1 } }])
  })

  test('after a restart goes on where the last one stopped, and repeats nothing', async () => {
    const before = await pipelineWith(scripted([95, 96, 97, 50, 95]))
    await watch(before)
    await before.webhook({ url: 'http://127.0.0.1:9', events: [level.type] })
    await before.tickAll()
    for (let look = 0; look < 4; look += 1) {
      const after = await pipelineWith(scripted([95, 96, 97, 50, 95]))
      await makeDue()
      // A process that stops writes what it has learned with the next thing that matters.
      await database.db.execute(
        sql`update plugin_states set state = jsonb_build_object('looks', ${look + 1}::int)`,
      )
      await after.tickAll()
    }
    const events = await listEvents(before.store, {}, { limit: 10 })
    expect(events.map(({ data }) => JSON.parse(data).value)).toEqual([95, 95])
  })

  test('that changes nothing writes no state, at most once a minute', async () => {
    const pipeline = await pipelineWith(scripted([]))
    const { id } = await watch(pipeline)
    for (let look = 0; look < 5; look += 1) {
      await makeDue()
      await pipeline.tickAll()
    }
    // The first sight is written at once; what it learns after that waits for its minute.
    expect(await recall(pipeline.store, [id])).toMatchObject([{ state: { looks: 1 } }])
    expect(await findInstance(pipeline.store, id)).toMatchObject({ stateVersion: 1 })
  })

  test('of a plugin that throws is lost alone, and reported', async () => {
    const broken = definePlugin({
      name: 'broken',
      events: [],
      poll: () => {
        throw new Error('no such field')
      },
    })
    const pipeline = await pipelineWith(broken, scripted([95]))
    await watch(pipeline)
    await pipeline.webhook({ url: 'http://127.0.0.1:9', events: [level.type] })
    await pipeline.tickAll()
    expect(await listEvents(pipeline.store, {}, { limit: 10 })).toHaveLength(1)
    expect(await pluginReport(pipeline.store)).toMatchObject([
      { plugin: 'broken', error: 'no such field' },
      { plugin: 'scripted', error: null },
    ])
    expect(pipeline.errors).toHaveLength(1)
  })

  test('whose reading does not fit its schema is a fault of the plugin', async () => {
    const wrong = definePlugin({
      name: 'wrong',
      events: [level],
      poll: ({ emit }) => emit(level, { value: Number.NaN }) as undefined,
    })
    const pipeline = await pipelineWith(wrong)
    await watch(pipeline)
    await pipeline.tickAll()
    expect(await listEvents(pipeline.store, {}, { limit: 10 })).toEqual([])
    expect((await pluginReport(pipeline.store))[0]?.error).toMatch(/value|NaN/)
  })

  test('that has been taken over changes nothing', async () => {
    let taken = async () => {}
    const slow = definePlugin({
      name: 'slow',
      events: [thing],
      state: z.object({ seen: z.boolean() }),
      async poll({ emit }) {
        emit(thing, { what: 'too late' })
        await taken()
        return { seen: true }
      },
    })
    const pipeline = await pipelineWith(slow)
    const { id } = await watch(pipeline)
    taken = async () => {
      await makeDue()
      const [other] = await claimLooks(pipeline.store, { limit: 1, leaseMs: 60_000 })
      expect(other?.id).toBe(id)
    }
    await pipeline.tickAll()
    expect(await listEvents(pipeline.store, {}, { limit: 10 })).toEqual([])
    expect(await recall(pipeline.store, [id])).toEqual([])
  })

  test('that ends together with the one that took it over spoils nothing of that', async () => {
    const { store } = await pipelineWith(scripted([]))
    const { id } = await watch({ store })
    const settle = createSettle(store)
    const claim = async () => {
      await makeDue()
      const [claimed] = await claimLooks(store, { limit: 1, leaseMs: 60_000 })
      return claimed?.lookId ?? ''
    }
    const ended = [await claim(), await claim()].map((lookId, looks) =>
      settle({
        look: { ...quiet, id, lookId },
        plan: { happened: [], resolved: [], peaks: [] },
        states: [{ instanceId: id, plugin: 'scripted', state: { looks }, error: null }],
        sample: undefined,
      }),
    )
    const [late, own] = await Promise.all(ended)
    expect(late).toBeUndefined()
    expect(own?.nextInMs).toBeGreaterThanOrEqual(0)
    expect(await recall(store, [id])).toMatchObject([{ state: { looks: 1 } }])
  })
})

describe('looks side by side', () => {
  let silent: Server
  const sockets: Socket[] = []
  beforeAll(async () => {
    silent = createServer((socket) => sockets.push(socket))
    await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready))
  })
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((closed) => silent.close(closed))
  })

  test('one that hangs delays no other', async () => {
    const pipeline = await pipelineWith(scripted([]))
    const address = silent.address()
    if (address === null || typeof address === 'string') throw new Error('no address')
    const hanging = await watch(pipeline, `redis://127.0.0.1:${address.port}`)
    const { id } = await watch(pipeline)
    const startedAt = performance.now()
    const { done } = await pipeline.tick.run()
    await until(async () => (await findInstance(pipeline.store, id))?.state === 'up')
    expect(performance.now() - startedAt).toBeLessThan(400)
    expect((await findInstance(pipeline.store, hanging.id))?.state).toBe('unknown')
    await done
    expect(await findInstance(pipeline.store, hanging.id)).toMatchObject({ state: 'down' })
  })

  test('two replicas never look at one instance at once', async () => {
    const [a, b] = [await pipelineWith(scripted([])), await pipelineWith(scripted([]))]
    await watch(a, valkey.url, 3_600_000)
    await Promise.all([a.tickAll(), b.tickAll()])
    expect(await claimLooks(a.store, { limit: 10, leaseMs: 1000 })).toEqual([])
    await makeDue()
    const claimed = await Promise.all(
      [a, b].map(({ store }) => claimLooks(store, { limit: 10, leaseMs: 60_000 })),
    )
    expect(claimed.flat()).toHaveLength(1)
    expect(await settleLooks(a.store, [])).toEqual(new Map())
  })
})
