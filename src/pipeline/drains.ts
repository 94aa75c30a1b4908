import type { Drain } from './drain.ts'

/** Two ways of sending as one: what one of them does not send is the other's. */
export function joinDrains(one: Drain, other: Drain): Drain {
  const both = async (verb: 'renew' | 'release' | 'idle') => {
    await Promise.all([one[verb](), other[verb]()])
  }
  return {
    async run() {
      const [first, second] = await Promise.all([one.run(), other.run()])
      return {
        claimed: first.claimed + second.claimed,
        nextInMs: sooner(first.nextInMs, second.nextInMs),
        restMs: Math.max(first.restMs ?? 0, second.restMs ?? 0),
        done: Promise.all([first.done, second.done]).then(() => undefined),
      }
    },
    next: async () => sooner(await one.next(), await other.next()),
    renew: () => both('renew'),
    release: () => both('release'),
    idle: () => both('idle'),
  }
}

function sooner(one: number | undefined, other: number | undefined): number | undefined {
  const soonest = Math.min(one ?? Infinity, other ?? Infinity)
  return Number.isFinite(soonest) ? soonest : undefined
}
