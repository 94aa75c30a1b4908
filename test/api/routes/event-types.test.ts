import { expect, test } from 'vitest'
import { z } from 'zod'
import { useApi } from '../../support/api.ts'
import { catalog } from '../../support/service.ts'

const { call } = useApi()

const list = async () => (await call('GET', '/api/event-types')).body as Record<string, unknown>[]

test('every event type of the catalogue is there once, in its order', async () => {
  expect((await list()).map(({ type }) => type)).toEqual([...catalog.events.keys()])
})

test('an event type tells its plugin, tier, severity, threshold, example and schema', async () => {
  const [memory] = (await list()).filter(({ type }) => type === 'memory.critical')
  expect(memory).toEqual({
    type: 'memory.critical',
    plugin: 'memory',
    tier: 'community',
    severity: 'critical',
    summary: expect.any(String),
    threshold: {
      key: 'memoryCriticalPercent',
      default: 90,
      min: 1,
      max: 100,
      unit: '%',
      direction: 'above',
    },
    example: catalog.events.get('memory.critical')?.declaration.example,
    schema: expect.objectContaining({
      type: 'object',
      required: expect.arrayContaining(['value', 'threshold', 'message']),
    }),
  })
})

test('one without a threshold has none', async () => {
  const [down] = (await list()).filter(({ type }) => type === 'instance.down')
  expect(down).not.toHaveProperty('threshold')
})

test('every example fits its schema, and receivers may get more fields than that', async () => {
  for (const { schema, example } of await list()) {
    const parsed = z.fromJSONSchema(z.record(z.string(), z.json()).parse(schema))
    expect(parsed.safeParse(example).error).toBeUndefined()
    expect(schema).not.toHaveProperty('additionalProperties')
  }
})
