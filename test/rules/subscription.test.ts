import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Severity, severities, tiers } from '../../src/plugin/event.ts'
import { createCatalog } from '../../src/rules/catalog.ts'
import type { Origin } from '../../src/rules/reach.ts'
import { allowed, subscribes } from '../../src/rules/subscription.ts'
import type { WebhookSettings } from '../../src/rules/webhook.ts'

function event(type: string, severity: Severity = 'warning') {
  return {
    type,
    severity,
    tier: 'pro',
    summary: 'A test.',
    data: z.object({}),
    example: { message: 'A test.' },
    message: () => 'A test.',
  } as const
}
const catalog = createCatalog([
  {
    name: 'test',
    events: [
      event('test.one'),
      ...severities.map((severity) => event(`test.${severity}`, severity)),
    ],
  },
])
function declared(type: string) {
  const found = catalog.events.get(type)
  if (found === undefined) throw new Error(`no ${type}`)
  return found
}
const one = declared('test.one')
const resolved = declared('alert.resolved')

type Changes = Partial<WebhookSettings>
const heard = (changes: Changes, of = one, origin: Origin = {}) =>
  subscribes(
    { enabled: true, events: ['test.one'], eventsPolicy: 'include', ...changes },
    of,
    origin,
  )

describe('a licence', () => {
  it('lets an event through from the tier it needs upwards', () => {
    expect(tiers.filter((tier) => allowed(one, tier))).toEqual(['pro', 'enterprise'])
  })

  it('lets operational events through in every tier', () => {
    const locked = {
      ...resolved,
      declaration: { ...resolved.declaration, tier: 'enterprise' },
    } as const
    expect(tiers.filter((tier) => allowed(locked, tier))).toEqual(tiers)
  })
})

describe('a webhook', () => {
  it('hears of the events it names and of no other', () => {
    expect(heard({ events: ['test.one'] })).toBe(true)
    expect(heard({ events: ['test.other', 'test.one'] })).toBe(true)
    expect(heard({ events: ['test.other'] })).toBe(false)
    expect(heard({ events: ['test.onerous', 'test'] })).toBe(false)
    expect(heard({ events: [] })).toBe(false)
  })

  it('hears of all but those it names where it excludes them', () => {
    expect(heard({ eventsPolicy: 'exclude', events: ['test.one'] })).toBe(false)
    expect(heard({ eventsPolicy: 'exclude', events: ['test.other'] })).toBe(true)
    expect(heard({ eventsPolicy: 'exclude', events: [] })).toBe(true)
  })

  it('hears of operational events only where it names them', () => {
    expect(heard({ events: ['alert.resolved'] }, resolved)).toBe(true)
    expect(heard({ events: ['test.one'] }, resolved)).toBe(false)
    expect(heard({ eventsPolicy: 'exclude', events: [] }, resolved)).toBe(false)
    expect(heard({ eventsPolicy: 'exclude', events: ['alert.resolved'] }, resolved)).toBe(false)
  })

  it('hears of nothing while it is disabled', () => {
    expect(heard({ enabled: false })).toBe(false)
    expect(heard({ enabled: false, eventsPolicy: 'exclude', events: [] })).toBe(false)
  })

  it.each([
    [undefined, ['info', 'warning', 'error', 'critical']],
    ['info', ['info', 'warning', 'error', 'critical']],
    ['warning', ['warning', 'error', 'critical']],
    ['error', ['error', 'critical']],
    ['critical', ['critical']],
  ] as const)('with the level %s hears of %j', (level, expected) => {
    const policy = { eventsPolicy: 'exclude', events: [], level } as const
    expect(severities.filter((severity) => heard(policy, declared(`test.${severity}`)))).toEqual(
      expected,
    )
  })
})

describe('the scope of a webhook', () => {
  const here: Origin = { instanceId: 'a', labels: { env: 'prod', team: 'x' } }
  const there: Origin = { instanceId: 'b', labels: { env: 'test' } }
  const nowhere: Origin = {}
  const inScope = (instances: WebhookSettings['instances']) =>
    [here, there, nowhere].map((origin) => heard({ instances }, one, origin))

  it('is everything where none is set, events of no instance too', () => {
    expect(inScope(undefined)).toEqual([true, true, true])
  })

  it('is the instances it names by id', () => {
    expect(inScope(['a'])).toEqual([true, false, false])
    expect(inScope(['b', 'a'])).toEqual([true, true, false])
    expect(inScope([])).toEqual([false, false, false])
  })

  it('is the instances that carry all of its labels', () => {
    expect(inScope({ env: 'prod' })).toEqual([true, false, false])
    expect(inScope({ env: 'prod', team: 'x' })).toEqual([true, false, false])
    expect(inScope({ env: 'prod', team: 'y' })).toEqual([false, false, false])
    expect(inScope({ region: 'eu' })).toEqual([false, false, false])
    expect(inScope({})).toEqual([true, true, true])
  })
})
