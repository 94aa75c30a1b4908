import type { Signal } from '../../rules/deadline.ts'

/** How many may be inside at once. */
export interface GateLimits {
  readonly perKey: number
  readonly total: number
}

export interface Gate {
  /**
   * Waits for a place, first come first served among those whose key has room, and returns the
   * function that gives it back. Rejects with the signal's reason when it fires first.
   */
  enter(key: string, signal: Signal): Promise<() => void>
}

interface Waiter {
  readonly key: string
  admit(): void
}

/** A full key keeps only its own waiting: they hold none of the places in all. */
export function createGate(limits: GateLimits): Gate {
  const inside = new Map<string, number>()
  const waiting = new Set<Waiter>()
  let total = 0

  const hasRoom = (key: string) => total < limits.total && (inside.get(key) ?? 0) < limits.perKey

  function admit(key: string): () => void {
    total += 1
    inside.set(key, (inside.get(key) ?? 0) + 1)
    let left = false
    return () => {
      if (!left) leave(key)
      left = true
    }
  }

  function leave(key: string): void {
    total -= 1
    const others = (inside.get(key) ?? 0) - 1
    if (others > 0) inside.set(key, others)
    else inside.delete(key)
    for (const waiter of waiting) {
      if (!hasRoom(waiter.key)) continue
      waiting.delete(waiter)
      waiter.admit()
      return
    }
  }

  return {
    enter(key, signal) {
      if (signal.aborted) return Promise.reject(signal.reason)
      if (hasRoom(key)) return Promise.resolve(admit(key))
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          key,
          admit() {
            signal.removeEventListener('abort', giveUp)
            resolve(admit(key))
          },
        }
        const giveUp = () => {
          waiting.delete(waiter)
          reject(signal.reason)
        }
        waiting.add(waiter)
        signal.addEventListener('abort', giveUp, { once: true })
      })
    },
  }
}
