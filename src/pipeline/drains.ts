import type { Drain } from './drain.ts'

/** Two ways of sending as one: what one of them does not send is the other's. */
export function joinDrains(one: Drain, other: Drain): Drain {
  const both = async (verb: 'renew' | 'release' | 'idle') => {
    await Promise.all([one[verb](), other[verb]()])
  }
  return {
    async run() {
      const [first, second] = await Promise.all([one.run(), other.run()])
      const soonest = Math.min(first.nextInMs ?? Infinity, second.nextInMs ?? Infinity)
      return {
        nextInMs: Number.isFinite(soonest) ? soonest : undefined,
        restMs: Math.max(first.restMs ?? 0, second.restMs ?? 0),
        done: Promise.all([first.done, second.done]).then(() => undefined),
      }
    },
    renew: () => both('renew'),
    release: () => both('release'),
    idle: () => both('idle'),
  }
}
