import { describe, expect, test } from 'vitest'
import { loadEvents } from '../support/plugins.ts'
import { readSeed } from './read-seed.ts'

const seed = readSeed()
const events = await loadEvents()

function declared(type: string) {
  const event = events.get(type)
  if (!event) throw new Error(`No plugin declares ${type}.`)
  return event
}

describe('the seed, as it is read', () => {
  test('prints sixteen event types, of which all but two have a sample', () => {
    const documented = seed.tiers.map(({ type }) => type)
    const sampled = seed.payloads.map(({ type }) => type)
    expect(documented).toHaveLength(16)
    expect(documented.filter((type) => !sampled.includes(type))).toEqual([
      'latency.spike',
      'connection.spike',
    ])
    expect(sampled).toHaveLength(14)
  })

  test('prints the envelope and the webhooks to create', () => {
    expect(seed.envelope).toMatchObject({
      event: 'instance.down',
      timestamp: 1706457600000,
      data: {},
    })
    expect(seed.configurations.map(({ name }) => name)).toEqual([
      'Production Alerts',
      'Critical Alerts',
      'Slow Endpoint',
      'Sensitive Alerts',
      'Early Warning - Slack',
      'Critical - PagerDuty',
      'Production Critical Alerts',
      'Production Alerts',
      'Slack Notifications',
      'PagerDuty Incidents',
      'Discord Alerts',
      'Teams Notifications',
    ])
  })

  test('agrees with itself on the thresholds', () => {
    const sorted = [seed.thresholds.byKey, seed.thresholds.byEvent].map((rows) =>
      rows.map((row) => JSON.stringify(row)).sort(),
    )
    expect(sorted[0]).toHaveLength(7)
    expect(sorted[0]).toEqual(sorted[1])
  })
})

describe.each(seed.payloads)('the printed data of $type', ({ type, data }) => {
  test('fits the declared schema and holds nothing that is not declared', () => {
    const event = declared(type)
    const reading: Record<string, unknown> = { ...data }
    delete reading.message
    // What a webhook's limit puts there; an event without one may hold a threshold of its own.
    if (event.threshold) delete reading.threshold
    const result = event.data.strict().safeParse(reading)
    expect(result.error?.issues ?? []).toEqual([])
  })

  test('has no field that the declared example lacks', () => {
    const example = declared(type).example
    expect(Object.keys(data).filter((field) => !(field in example))).toEqual([])
  })
})

describe('the plugins', () => {
  test.each(seed.tiers)('declare $type in the tier $tier', ({ type, tier }) => {
    expect(declared(type).tier).toBe(tier)
  })

  test.each(seed.thresholds.byKey)('let $key of $type be set, $default by default', (row) => {
    expect(declared(row.type).threshold).toMatchObject({ key: row.key, default: row.default })
  })

  test.each(seed.immediate)('declare no threshold for %s', (type) => {
    expect(declared(type)).not.toHaveProperty('threshold')
  })

  test.each(seed.configurations)('know the events and thresholds of "$name"', (webhook) => {
    const types = webhook.events as readonly string[]
    const keys = types.map((type) => declared(type).threshold?.key)
    expect(types).not.toHaveLength(0)
    expect(keys).toEqual(expect.arrayContaining(Object.keys(webhook.thresholds ?? {})))
  })
})
