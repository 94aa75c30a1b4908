import { type Tier, tiers } from '../plugin/event.ts'

/** Whether a licence of `tier` includes what `needed` asks for. */
export function includes(tier: Tier, needed: Tier): boolean {
  return tiers.indexOf(tier) >= tiers.indexOf(needed)
}
