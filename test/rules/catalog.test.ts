import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type EventDeclaration,
  type Plugin,
  severities,
  type Tier,
  tiers,
} from '../../src/plugin.ts'
import {
  createCatalog,
  eventsByLicence,
  lockedEvents,
  payloadSchema,
} from '../../src/rules/catalog.ts'
import { operational } from '../../src/rules/operational.ts'
import { builtInPlugins } from '../../src/runtimes/plugins.ts'
import { readSeed } from '../seed/read-seed.ts'

function event(type: string, tier: Tier, key?: string): EventDeclaration {
  return {
    type,
    tier,
    severity: 'info',
    summary: 'A test.',
    data: z.object({ value: z.number() }),
    example: { value: 1, message: 'A test.' },
    message: () => 'A test.',
    ...(key && { threshold: { key, default: 1, value: () => 1 } }),
  }
}
const plugin = (name: string, ...events: EventDeclaration[]): Plugin => ({ name, events })

/** Seed 1, "Get Allowed Events". */
const printed = {
  allowedEvents: [
    'instance.down',
    'instance.up',
    'memory.critical',
    'connection.critical',
    'client.blocked',
    'slowlog.threshold',
    'replication.lag',
    'cluster.failover',
    'anomaly.detected',
    'latency.spike',
    'connection.spike',
  ],
  lockedEvents: [
    'compliance.alert',
    'audit.policy.violation',
    'acl.violation',
    'acl.modified',
    'config.changed',
  ],
}
const builtIn = createCatalog(builtInPlugins)
const published = [...printed.allowedEvents, ...printed.lockedEvents]
/** Those of seed 1: plugins may declare more. */
const ofSeed = (types: readonly string[]) => types.filter((type) => published.includes(type))

describe('the catalogue of the plugins that come with Tocsin', () => {
  it('has the events of seed 1, allowed and locked, in its order', () => {
    const { tier, allowedEvents, lockedEvents } = eventsByLicence(builtIn, 'pro')
    expect(tier).toBe('pro')
    expect(ofSeed(allowedEvents)).toEqual(printed.allowedEvents)
    expect(ofSeed(lockedEvents)).toEqual(printed.lockedEvents)
  })

  it('has the events of every tier in the order of the tables of seed 1', () => {
    const { allowedEvents, lockedEvents } = eventsByLicence(builtIn, 'enterprise')
    expect(ofSeed(allowedEvents)).toEqual(readSeed().tiers.map(({ type }) => type))
    expect(lockedEvents).toEqual([])
  })

  it('locks all but the events of the community for the community', () => {
    const { allowedEvents, lockedEvents } = eventsByLicence(builtIn, 'community')
    expect(ofSeed(allowedEvents)).toEqual(printed.allowedEvents.slice(0, 5))
    expect(ofSeed(lockedEvents)).toEqual([
      ...printed.allowedEvents.slice(5),
      ...printed.lockedEvents,
    ])
  })

  it('knows the event of every threshold of seed 1', () => {
    for (const { type, key } of readSeed().thresholds.byKey)
      expect(builtIn.thresholds.get(key)?.type).toBe(type)
  })

  it.each(
    [...builtIn.events.values()].map(({ declaration }) => [declaration.type, declaration] as const),
  )('has an example of %s that fits its payload', (_, declaration) => {
    // Seed 1 prints one event without the threshold that every receiver is sent.
    const limit = declaration.threshold && { threshold: declaration.threshold.default }
    const sent = { ...limit, ...declaration.example }
    const parsed = payloadSchema(declaration).strict().safeParse(sent)
    expect(parsed.error?.issues ?? []).toEqual([])
    expect(severities).toContain(declaration.severity)
  })
})

describe('a catalogue', () => {
  const catalog = createCatalog([
    plugin('first', event('b.enterprise', 'enterprise'), event('a.pro', 'pro', 'limit')),
    plugin('second', event('z.community', 'community'), event('b.pro', 'pro')),
  ])

  it('says who declared each event, in the order of the plugins, its own last', () => {
    expect([...catalog.events.values()].map(({ plugin }) => plugin)).toEqual([
      'first',
      'first',
      'second',
      'second',
      ...operational.events.map(() => 'tocsin'),
    ])
    expect(catalog.plugins.map(({ name }) => name)).toEqual(['first', 'second', 'tocsin'])
    expect(catalog.thresholds.get('limit')?.type).toBe('a.pro')
  })

  it('lists each event once, by tier and then by plugin', () => {
    for (const tier of tiers) {
      const { allowedEvents, lockedEvents } = eventsByLicence(catalog, tier)
      expect([...allowedEvents, ...lockedEvents]).toEqual([
        'z.community',
        'a.pro',
        'b.pro',
        'b.enterprise',
      ])
    }
  })

  it('never lists operational events, and never locks them', () => {
    expect(catalog.events.get('alert.resolved')).toMatchObject({ operational: true })
    expect(catalog.events.get('a.pro')).toMatchObject({ operational: false })
    const { allowedEvents, lockedEvents: locked } = eventsByLicence(catalog, 'community')
    expect([...allowedEvents, ...locked]).not.toContain('alert.resolved')
    expect(lockedEvents(catalog, 'community', ['alert.resolved'])).toEqual([])
  })

  it('names the locked events of a webhook and the tier each needs', () => {
    const types = ['b.enterprise', 'z.community', 'a.pro', 'unknown']
    expect(lockedEvents(catalog, 'community', types)).toEqual([
      { event: 'b.enterprise', tier: 'enterprise' },
      { event: 'a.pro', tier: 'pro' },
    ])
    expect(lockedEvents(catalog, 'pro', types)).toEqual([
      { event: 'b.enterprise', tier: 'enterprise' },
    ])
    expect(lockedEvents(catalog, 'enterprise', types)).toEqual([])
  })

  it('without plugins has the operational events only', () => {
    expect([...createCatalog([]).events.keys()]).toEqual(operational.events.map(({ type }) => type))
  })
})

describe('a catalogue is refused where', () => {
  it('two plugins declare one event type, naming both', () => {
    const plugins = [
      plugin('first', event('test.event', 'pro')),
      plugin('second', event('other.event', 'pro'), event('test.event', 'community')),
    ]
    expect(() => createCatalog(plugins)).toThrow(
      'Event type "test.event" is declared by "first" and by "second".',
    )
  })

  it('one plugin declares an event type twice', () => {
    const twice = plugin('only', event('test.event', 'pro'), event('test.event', 'pro'))
    expect(() => createCatalog([twice])).toThrow('declared by "only" and by "only"')
  })

  it('two events claim one threshold key, naming both plugins and both events', () => {
    const plugins = [
      plugin('first', event('a.event', 'pro', 'limit')),
      plugin('second', event('b.event', 'pro', 'limit')),
    ]
    expect(() => createCatalog(plugins)).toThrow(
      'Threshold key "limit" is declared by "first" (a.event) and by "second" (b.event).',
    )
  })

  it('two plugins have one name', () => {
    expect(() => createCatalog([plugin('one'), plugin('one')])).toThrow(
      'Two plugins are named "one".',
    )
  })

  it('a plugin claims what is the service’s own', () => {
    expect(() => createCatalog([plugin('tocsin')])).toThrow('Two plugins are named "tocsin".')
    expect(() => createCatalog([plugin('mine', event('alert.resolved', 'pro'))])).toThrow(
      'Event type "alert.resolved" is declared by "mine" and by "tocsin".',
    )
  })
})

describe('the shape of a payload', () => {
  it('is the reading and a message', () => {
    const shape = payloadSchema(event('test.event', 'pro')).strict()
    expect(shape.safeParse({ value: 1, message: 'A test.' }).success).toBe(true)
    expect(shape.safeParse({ value: 1 }).success).toBe(false)
    expect(shape.safeParse({ value: 1, message: 'A test.', threshold: 1 }).success).toBe(false)
  })

  it('has the threshold too where one is declared', () => {
    const shape = payloadSchema(event('test.event', 'pro', 'limit')).strict()
    expect(shape.safeParse({ value: 1, message: 'A test.', threshold: 1 }).success).toBe(true)
    expect(shape.safeParse({ value: 1, message: 'A test.' }).success).toBe(false)
  })

  it('keeps what the reading demands of its fields together, also of a field of the same name', () => {
    const data = z
      .object({ value: z.number(), message: z.string().optional() })
      .refine(({ value }) => value > 0)
    const shape = payloadSchema({ ...event('test.event', 'pro'), data })
    expect(shape.safeParse({ value: 1, message: 'A test.' }).success).toBe(true)
    expect(shape.safeParse({ value: -1, message: 'A test.' }).success).toBe(false)
    expect(shape.safeParse({ value: 1 }).success).toBe(false)
  })
})
