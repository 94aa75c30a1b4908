import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { phaseOf, turnOf } from '../../src/pipeline/phase.ts'
import { newId } from '../../src/store/ids.ts'

describe('the turns of instances', () => {
  test('are spread over the period, and few, so that some are taken together', () => {
    const turns = Array.from({ length: 4000 }, () => turnOf(newId(), 10_000))
    const counts = new Map<number, number>()
    for (const turn of turns) counts.set(turn, (counts.get(turn) ?? 0) + 1)
    expect(counts.size).toBe(40)
    expect(Math.max(...counts.values())).toBeLessThan(200)
  })

  test('come when somebody is there to look, where that is now and then', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 60_000, max: 86_400_000 }), (id, everyMs) => {
        expect(turnOf(id, everyMs, 60_000) % 60_000).toBe(0)
        expect(turnOf(id, everyMs) - turnOf(id, everyMs, 60_000)).toBeLessThan(60_000)
      }),
    )
  })

  test('lie within the period, and are always the same', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 100, max: 86_400_000 }), (id, everyMs) => {
        expect(turnOf(id, everyMs)).toBeGreaterThanOrEqual(0)
        expect(turnOf(id, everyMs)).toBeLessThanOrEqual(phaseOf(id) * everyMs)
        expect(turnOf(id, everyMs)).toBe(turnOf(id, everyMs))
      }),
    )
  })
})
