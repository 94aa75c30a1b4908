import { describe, expect, it } from 'vitest'
import { tiers } from '../../src/plugin/event.ts'
import { includes } from '../../src/rules/tier.ts'

describe('a tier', () => {
  it.each([
    ['community', ['community']],
    ['pro', ['community', 'pro']],
    ['enterprise', ['community', 'pro', 'enterprise']],
  ] as const)('%s includes %j', (tier, included) => {
    expect(tiers.filter((needed) => includes(tier, needed))).toEqual(included)
  })
})
