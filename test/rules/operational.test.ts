import { describe, expect, it } from 'vitest'
import { alertResolved, operational } from '../../src/rules/operational.ts'

const reading = {
  event: 'memory.critical',
  value: 80.2,
  peak: 96.1,
  threshold: 90,
  since: 1706457600000,
  durationMs: 312_000,
}

describe('the operational events', () => {
  it.each(operational.events)('$type has an example that fits its own schema', (event) => {
    const { message, ...data } = event.example
    const parsed = event.data.strict().parse(data)
    expect(parsed).toEqual(data)
    expect(event.message(parsed, 0)).toBe(message)
  })

  it('are declared once, by the service itself', () => {
    expect(operational.name).toBe('tocsin')
    expect(operational.events.map(({ type }) => type)).toEqual([
      'alert.resolved',
      'webhook.failing',
      'webhook.recovered',
      'webhook.disabled',
      'delivery.dead_lettered',
    ])
  })
})

describe('a resolved alert', () => {
  it('says what resolved, after how long, and how bad it was', () => {
    expect(alertResolved.message(reading, 0)).toBe(
      'memory.critical resolved after 312 s: 80.2 (peak 96.1, threshold 90)',
    )
    expect(alertResolved.message({ ...reading, durationMs: 1499 }, 0)).toContain('after 1 s:')
  })

  it('may name what on the instance it was about', () => {
    expect(alertResolved.data.parse({ ...reading, subject: '10.0.0.2:6379' })).toHaveProperty(
      'subject',
      '10.0.0.2:6379',
    )
    expect(alertResolved.data.parse(reading)).not.toHaveProperty('subject')
  })

  it('never stood for less than no time', () => {
    expect(alertResolved.data.safeParse({ ...reading, durationMs: -1 }).success).toBe(false)
    expect(alertResolved.data.safeParse({ ...reading, durationMs: 0 }).success).toBe(true)
  })
})
