import { describe, expect, test } from 'vitest'
import { type Tier, tiers } from '../../../src/plugin/event.ts'
import { createCall } from '../../support/api-client.ts'
import { useDatabase } from '../../support/fixtures.ts'
import { attemptAll, happen } from '../../support/history.ts'
import { catalog, createService } from '../../support/service.ts'

const database = useDatabase()

describe('the events of the licence', () => {
  const community = [
    'instance.down',
    'instance.up',
    'memory.critical',
    'connection.critical',
    'client.blocked',
  ]
  const pro = [
    'slowlog.threshold',
    'replication.lag',
    'cluster.failover',
    'anomaly.detected',
    'latency.spike',
    'connection.spike',
  ]
  const enterprise = [
    'compliance.alert',
    'audit.policy.violation',
    'acl.violation',
    'acl.modified',
    'config.changed',
  ]

  test.each<[Tier, string[], string[]]>([
    ['community', community, [...pro, ...enterprise]],
    ['pro', [...community, ...pro], enterprise],
    ['enterprise', [...community, ...pro, ...enterprise], []],
  ])('of %s hold what seed 1 says', async (tier, allowed, locked) => {
    const { service } = await createService(database, { tier: () => tier })
    const { status, body } = await createCall(service)('GET', '/api/webhooks/allowed-events')
    expect(status).toBe(200)
    const { allowedEvents, lockedEvents } = body as Record<string, string[]>
    expect(body).toHaveProperty('tier', tier)
    expect(allowedEvents).toEqual(expect.arrayContaining(allowed))
    expect(lockedEvents).toEqual(expect.arrayContaining(locked))
    const all = [...(allowedEvents ?? []), ...(lockedEvents ?? [])]
    const declared = [...catalog.events.values()].filter(({ operational }) => !operational)
    expect(all.toSorted()).toEqual(declared.map(({ declaration }) => declaration.type).toSorted())
    const ranks = all.map((type) =>
      tiers.indexOf(catalog.events.get(type)?.declaration.tier ?? 'pro'),
    )
    expect(ranks).toEqual(ranks.toSorted())
  })
})

describe('the retry queue', () => {
  test('is empty where nothing is to be retried', async () => {
    const { service } = await createService(database)
    const { body } = await createCall(service)('GET', '/api/webhooks/stats/retry-queue')
    expect(body).toEqual({ pendingRetries: 0, nextRetryTime: null })
  })

  test('counts all that are scheduled and tells when the first is due', async () => {
    const { service } = await createService(database)
    const call = createCall(service)
    const webhook = { name: 'n', url: 'https://api.example.com', events: ['instance.down'] }
    const { body } = await call('POST', '/api/webhooks', { body: webhook })
    const { id } = body as { id: string }
    await happen(service.store, [id])
    await happen(service.store, [id])
    const before = Date.now()
    await attemptAll(service.store, { status: 'retrying', retryInMs: 3_600_000 })
    const queue = await call('GET', '/api/webhooks/stats/retry-queue')
    expect(queue.body).toMatchObject({ pendingRetries: 2 })
    const { nextRetryTime } = queue.body as { nextRetryTime: number }
    expect(nextRetryTime).toBeGreaterThan(before + 3_500_000)
    expect(nextRetryTime).toBeLessThan(before + 3_700_000)
  })
})
