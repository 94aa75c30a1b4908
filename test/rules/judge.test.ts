import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultHysteresisFactor, evaluate } from '../../src/rules/evaluate.ts'
import {
  indexLimits,
  indexStanding,
  type Judged,
  judge,
  type Limit,
  type Standing,
} from '../../src/rules/judge.ts'

type Direction = 'above' | 'below'
interface Scene {
  readonly value: number
  readonly baseline: number
  readonly direction: Direction
  /** Webhooks in groups, as scopes make them. */
  readonly groups: readonly (readonly Limit[])[]
  readonly standing: readonly Standing[]
}

/** A few numbers that meet often, and any others. */
const numbers = fc.oneof(
  fc.integer({ min: -2, max: 6 }).map((n) => n * 10),
  fc.double(),
)
const settings = fc.record({
  group: fc.nat(2),
  threshold: fc.oneof(
    { weight: 3, arbitrary: numbers },
    { weight: 1, arbitrary: fc.constant('auto' as const) },
  ),
  hysteresisFactor: fc.option(fc.constantFrom(0.5, 0.9, 0.99), { nil: undefined }),
  standing: fc.option(fc.record({ threshold: numbers, peak: numbers }), { nil: undefined }),
  isThere: fc.boolean(),
})
const scenes: fc.Arbitrary<Scene> = fc
  .record({
    value: numbers,
    baseline: numbers,
    direction: fc.constantFrom<Direction>('above', 'below'),
    webhooks: fc.array(settings, { maxLength: 30 }),
  })
  .map(({ webhooks, ...reading }) => {
    const all = webhooks.map((one, n) => ({ ...one, webhookId: `w${n}` }))
    const limits = (group: number) =>
      all
        .filter((one) => one.group === group && one.isThere)
        .map(({ webhookId, threshold, hysteresisFactor }) => ({
          webhookId,
          threshold,
          hysteresisFactor,
        }))
    return {
      ...reading,
      groups: [limits(0), limits(1), limits(2)],
      standing: all.flatMap(({ webhookId, standing }) =>
        standing === undefined ? [] : [{ webhookId, ...standing }],
      ),
    }
  })

/** What `judge` promises, webhook by webhook. */
function plainly({ value, baseline, direction, groups, standing }: Scene): Judged<Standing> {
  const fire: Judged<Standing>['fire'][number][] = []
  const clear: Standing[] = []
  const worse: Standing[] = []
  const limits = new Map(groups.flat().map((limit) => [limit.webhookId, limit]))
  const alerts = new Map(standing.map((alert) => [alert.webhookId, alert]))
  for (const webhookId of new Set([...limits.keys(), ...alerts.keys()])) {
    const limit = limits.get(webhookId)
    const alert = alerts.get(webhookId)
    const set = limit?.threshold === 'auto' ? baseline : limit?.threshold
    const threshold = set ?? alert?.threshold ?? Number.NaN
    const verdict = evaluate({
      value,
      threshold,
      hysteresisFactor: limit?.hysteresisFactor ?? defaultHysteresisFactor,
      direction,
      standing: alert !== undefined,
    })
    if (verdict === 'fire') fire.push({ webhookId, threshold })
    if (alert === undefined) continue
    if (verdict === 'clear') clear.push(alert)
    else if (limit && (direction === 'below' ? value < alert.peak : value > alert.peak))
      worse.push(alert)
  }
  return { fire, clear, worse }
}

function quickly({ groups, standing, ...reading }: Scene): Judged<Standing> {
  const limits = new Map(groups.flat().map((limit) => [limit.webhookId, limit]))
  return judge(
    reading,
    groups.map((group) => indexLimits(group, reading.direction)),
    indexStanding(
      new Map(standing.map((alert) => [alert.webhookId, alert])),
      (webhookId) => limits.get(webhookId),
      reading.direction,
    ),
  )
}

const sorted = ({ fire, clear, worse }: Judged<Standing>) =>
  [fire, clear, worse].map((some) => [...some].sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1)))

describe('a reading held against every webhook at once', () => {
  it('means for each what it means by itself', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        expect(sorted(quickly(scene))).toEqual(sorted(plainly(scene)))
      }),
      { numRuns: 1000 },
    )
  })

  it('asks none of a hundred thousand webhooks where nothing changes, standing or not', () => {
    let asked = 0
    const limits = Array.from({ length: 100_000 }, (_, n) => ({
      get webhookId() {
        asked += 1
        return `w${n}`
      },
      threshold: 50 + (n % 40),
    }))
    const index = indexLimits(limits, 'above')
    const nobody = indexStanding(new Map(), () => undefined, 'above')
    const alerts = limits.map((limit) => ({ ...limit, peak: 99 }))
    const byId = new Map(alerts.map((alert) => [alert.webhookId, alert]))
    const everybody = indexStanding(byId, (id) => byId.get(id), 'above')
    asked = 0
    const reading = { baseline: Number.NaN, direction: 'above' } as const
    const nothing = { fire: [], clear: [], worse: [] }
    expect(judge({ ...reading, value: 49 }, [index], nobody)).toEqual(nothing)
    expect(judge({ ...reading, value: 95 }, [index], everybody)).toEqual(nothing)
    expect(asked).toBe(0)
  })
})
