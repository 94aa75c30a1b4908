import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ladder } from '../../src/rules/ladder.ts'

const numbers = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double())

describe('a ladder', () => {
  it('finds what a value passes as if it asked each', () => {
    fc.assert(
      fc.property(fc.array(numbers), numbers, (points, value) => {
        const items = points.map((point) => ({ point }))
        const rungs = ladder(items, ({ point }) => point)
        const passed = items.filter(({ point }) => point <= value)
        expect(rungs.atMost(value)).toBe(passed.length)
        expect(rungs.below(value)).toBe(items.filter(({ point }) => point < value).length)
        expect(new Set(rungs.lowest(passed.length))).toEqual(new Set(passed))
        expect(rungs.size).toBe(points.filter((point) => !Number.isNaN(point)).length)
      }),
    )
  })
})
