import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineEvent } from '../../src/plugin/event.ts'
import {
  clearsAt,
  defaultHysteresisFactor,
  type Evaluation,
  effectiveThreshold,
  evaluate,
  type Verdict,
} from '../../src/rules/evaluate.ts'

type Rule = Pick<Evaluation, 'threshold' | 'hysteresisFactor' | 'direction'>

/** What a webhook is told, reading after reading, its alert remembered in between. */
function follow(rule: Rule, values: readonly number[], standing = false): Verdict[] {
  return values.map((value) => {
    const verdict = evaluate({ ...rule, value, standing })
    if (verdict !== 'stay') standing = verdict === 'fire'
    return verdict
  })
}

const memory: Rule = { threshold: 90, hysteresisFactor: 0.9 }

const thresholds = fc.double({ min: 1e-6, max: 1e12, noNaN: true })
const factors = fc.double({ min: 0.5, max: 0.99, noNaN: true })
const directions = fc.constantFrom<'above' | 'below'>('above', 'below')
const rules = fc.record({
  threshold: thresholds,
  hysteresisFactor: factors,
  direction: directions,
})
/** Readings around the limit, exactly on it, exactly where it clears, far away, and none at all. */
const readings = ({ threshold, hysteresisFactor, direction }: Rule) =>
  fc.array(
    fc.oneof(
      fc.double({ min: 0, max: 2, noNaN: true }).map((share) => share * threshold),
      fc.constantFrom(threshold, clearsAt(threshold, hysteresisFactor, direction)),
      fc.double(),
    ),
    { maxLength: 40 },
  )
const courses = rules.chain((rule) => fc.tuple(fc.constant(rule), readings(rule)))

describe('an alert', () => {
  it('fires and clears as the vectors say: memory', () => {
    const values = [89.9, 90, 91, 89, 82, 81, 80.99, 89, 90]
    expect(follow(memory, values)).toEqual([
      'stay',
      'fire',
      'stay',
      'stay',
      'stay',
      'stay',
      'clear',
      'stay',
      'fire',
    ])
  })

  it('fires and clears as the vectors say: a value that must not fall', () => {
    const rule: Rule = { threshold: 7_200_000, hysteresisFactor: 0.9, direction: 'below' }
    const values = [7_200_001, 7_200_000, 7_900_000, 7_920_000, 7_920_001, 7_200_000]
    expect(follow(rule, values)).toEqual(['stay', 'fire', 'stay', 'stay', 'clear', 'fire'])
  })

  it('fires once while a value oscillates between 89 % and 91 %, as seed 1 says', () => {
    const values = Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? 89 : 91))
    expect(follow(memory, values).filter((verdict) => verdict !== 'stay')).toEqual(['fire'])
  })

  it('clears at 90 % of its threshold where a webhook says nothing else', () => {
    expect(defaultHysteresisFactor).toBe(0.9)
    expect(clearsAt(90, defaultHysteresisFactor)).toBe(81)
  })

  it('clears at the mirror image of that where low values are bad', () => {
    expect(clearsAt(100, 0.75, 'below')).toBe(125)
    expect(clearsAt(100, 0.75, 'above')).toBe(75)
  })

  it('counts as one of the above kind where no direction is given', () => {
    fc.assert(
      fc.property(thresholds, factors, fc.double(), fc.boolean(), (...given) => {
        const [threshold, hysteresisFactor, value, standing] = given
        const evaluation = { threshold, hysteresisFactor, value, standing }
        expect(evaluate(evaluation)).toBe(evaluate({ ...evaluation, direction: 'above' }))
      }),
    )
  })

  it('fires exactly where the value reaches the threshold', () => {
    fc.assert(
      fc.property(rules, fc.double({ noNaN: true }), (rule, value) => {
        const reached =
          rule.direction === 'above' ? value >= rule.threshold : value <= rule.threshold
        expect(evaluate({ ...rule, value, standing: false })).toBe(reached ? 'fire' : 'stay')
        const at = { ...rule, value: rule.threshold }
        expect(evaluate({ ...at, standing: false })).toBe('fire')
        expect(evaluate({ ...at, standing: true })).toBe('stay')
      }),
    )
  })

  it('clears strictly beyond where it clears, and not on it', () => {
    fc.assert(
      fc.property(rules, fc.double({ noNaN: true }), (rule, value) => {
        const { threshold, hysteresisFactor: factor, direction } = rule
        const safe =
          direction === 'above' ? value < threshold * factor : value > threshold * (2 - factor)
        expect(evaluate({ ...rule, value, standing: true })).toBe(safe ? 'clear' : 'stay')
        const boundary = clearsAt(threshold, factor, direction)
        expect(evaluate({ ...rule, value: boundary, standing: true })).toBe('stay')
      }),
    )
  })

  it('never changes while the value stays inside the band', () => {
    const shares = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
    fc.assert(
      fc.property(rules, shares, fc.boolean(), (rule, steps, standing) => {
        const { threshold, hysteresisFactor, direction } = rule
        const edge = clearsAt(threshold, hysteresisFactor, direction)
        const above = direction === 'above'
        const inside = steps
          .map((share) => edge + (threshold - edge) * share)
          .filter((value) =>
            above ? value >= edge && value < threshold : value <= edge && value > threshold,
          )
        expect(follow(rule, inside, standing)).toEqual(inside.map(() => 'stay'))
      }),
    )
  })

  it('fires and clears in turns, whatever the readings are', () => {
    fc.assert(
      fc.property(courses, fc.boolean(), ([rule, values], standing) => {
        const changes = follow(rule, values, standing).filter((verdict) => verdict !== 'stay')
        const turns: Verdict[] = standing ? ['clear', 'fire'] : ['fire', 'clear']
        expect(changes).toEqual(changes.map((_, n) => turns[n % 2]))
      }),
    )
  })

  it('stays as it is where the value is not a number', () => {
    fc.assert(
      fc.property(rules, fc.boolean(), (rule, standing) => {
        expect(evaluate({ ...rule, standing, value: Number.NaN })).toBe('stay')
        expect(evaluate({ ...rule, standing, value: 1, threshold: Number.NaN })).toBe('stay')
      }),
    )
  })

  it('is the mirror image for values that must not fall', () => {
    fc.assert(
      fc.property(rules, fc.double({ noNaN: true }), fc.boolean(), (rule, value, standing) => {
        const { threshold, hysteresisFactor } = rule
        const below = evaluate({ ...rule, direction: 'below', value, standing })
        // Below `t` and clear above `t * (2 - f)` is above `-t` and clear below `-t * (2 - f)`.
        const mirrored = {
          threshold: -threshold,
          hysteresisFactor: 2 - hysteresisFactor,
          value: -value,
          standing,
        }
        expect(below).toBe(evaluate(mirrored))
      }),
    )
  })
})

const spike = defineEvent({
  type: 'test.spike',
  tier: 'pro',
  severity: 'warning',
  summary: 'A test.',
  data: z.object({ baseline: z.number() }),
  example: { baseline: 2, threshold: 4, message: 'A test.' },
  threshold: {
    key: 'testSpike',
    default: 0,
    value: ({ baseline }) => baseline,
    auto: ({ baseline }) => baseline * 2,
  },
  message: () => 'A test.',
})
const { threshold: _, ...withoutThreshold } = spike
const { auto: __, ...withoutAuto } = spike.threshold ?? { key: '', default: 0, value: () => 0 }
const plain = { ...spike, threshold: { ...withoutAuto, default: 90 } }

describe('the limit a reading is held against', () => {
  const data = { baseline: 21 }

  it("is the webhook's, else the default", () => {
    expect(effectiveThreshold(plain, { testSpike: 75 }, data)).toBe(75)
    expect(effectiveThreshold(plain, { other: 75 }, data)).toBe(90)
    expect(effectiveThreshold(plain, {}, data)).toBe(90)
  })

  it('is the baseline where it is 0 and there is one', () => {
    expect(effectiveThreshold(spike, {}, data)).toBe(42)
    expect(effectiveThreshold(spike, { testSpike: 0 }, data)).toBe(42)
    expect(effectiveThreshold(spike, { testSpike: 7 }, data)).toBe(7)
  })

  it('is 0 where that is set and there is no baseline', () => {
    expect(effectiveThreshold(plain, { testSpike: 0 }, data)).toBe(0)
  })

  it('is none for an event without a threshold', () => {
    expect(effectiveThreshold(withoutThreshold, { testSpike: 75 }, data)).toBeUndefined()
  })
})
