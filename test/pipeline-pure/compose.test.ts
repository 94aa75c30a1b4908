import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compose } from '../../src/pipeline/compose.ts'
import { defineEvent } from '../../src/plugin/event.ts'
import { readSeed } from '../seed/read-seed.ts'
import { loadEvents } from '../support/plugins.ts'

const memory = defineEvent({
  type: 'test.memory',
  tier: 'community',
  severity: 'critical',
  summary: 'A test.',
  data: z.object({
    metric: z.string(),
    value: z.number(),
    used: z.number(),
    more: z.string().optional(),
  }),
  example: { metric: 'm', value: 95, threshold: 90, used: 1, message: '95 (90)' },
  threshold: { key: 'testMemory', default: 90, value: ({ value }) => value },
  message: ({ value }, threshold) => `${value} (${threshold})`,
})

describe('the data of a payload', () => {
  it('is the reading, the threshold and the message, in the order of the example', () => {
    const data = { used: 7, value: 92.5, metric: 'm' }
    expect(compose(memory, data, 80)).toBe(
      '{"metric":"m","value":92.5,"threshold":80,"used":7,"message":"92.5 (80)"}',
    )
  })

  it('ends with what the example does not show', () => {
    const data = { more: 'm', used: 7, value: 1, metric: 'm' }
    expect(compose(memory, data, 80)).toMatch(/"message":"1 \(80\)","more":"m"\}$/)
  })

  it('leaves out what the reading does not have', () => {
    expect(JSON.parse(compose(memory, { value: 1, more: undefined }, 80))).toEqual({
      value: 1,
      threshold: 80,
      message: '1 (80)',
    })
  })

  it('has no threshold where none was held against it, and then writes the message for 0', () => {
    const data = { metric: 'm', value: 1, used: 7 }
    expect(compose(memory, data, undefined)).toBe(
      '{"metric":"m","value":1,"used":7,"message":"1 (0)"}',
    )
  })

  it('keeps a threshold that the reading itself has where there is no other', () => {
    expect(JSON.parse(compose(memory, { value: 1, threshold: 3 }, undefined)).threshold).toBe(3)
    expect(JSON.parse(compose(memory, { value: 1, threshold: 3 }, 80)).threshold).toBe(80)
  })

  it('is JSON whatever the texts in it are', () => {
    const metric = 'Größe "日本語" \\ \u0000 🚨'
    expect(JSON.parse(compose(memory, { metric, value: 1 }, 80)).metric).toBe(metric)
  })

  it('is the same text for the same reading, whatever the order of its fields', () => {
    const data = { metric: 'm', value: 1, used: 7 }
    const reversed = Object.fromEntries(Object.entries(data).reverse())
    expect(compose(memory, reversed, 80)).toBe(compose(memory, data, 80))
  })
})

/** One sample stands for instance.down and instance.up, with the message of the first. */
const payloads = readSeed().payloads.filter(({ type }) => type !== 'instance.up')
const events = await loadEvents()

describe('the data that seed 1 prints', () => {
  it.each(payloads)('of $type is composed field by field in its order', ({ type, data }) => {
    const declaration = events.get(type)
    if (declaration === undefined) throw new Error(`no ${type}`)
    const { message: _, threshold, ...rest } = data
    const held = declaration.threshold !== undefined
    const limit = held && typeof threshold === 'number' ? threshold : undefined
    const reading = held ? rest : { ...rest, ...(threshold !== undefined && { threshold }) }
    expect(compose(declaration, reading, limit)).toBe(JSON.stringify(data))
  })
})
