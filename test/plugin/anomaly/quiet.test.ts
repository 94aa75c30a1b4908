import { describe, expect, test } from 'vitest'
import { alarms, chance, fiveSeconds, series, watch } from './series.ts'

const day = 17_280
const week = 7 * day

/** Series in which nothing happens, one value in five seconds. */
const quiet: Readonly<Record<string, (draw: ReturnType<typeof chance>) => (at: number) => number>> =
  {
    'a constant': () => () => 5,
    'a constant with jitter':
      ({ normal }) =>
      () =>
        5 + Math.round(normal() * 10) / 1000,
    noise:
      ({ normal }) =>
      () =>
        1000 + 50 * normal(),
    'a random walk': ({ normal }) => {
      let level = 0
      return () => {
        level += normal()
        return level
      }
    },
    'a slowly wandering metric': ({ normal }) => {
      let level = 0
      return () => {
        level = 0.999 * level + normal()
        return level
      }
    },
    'a ramp': () => (at) => 1000 + at,
    'a noisy ramp':
      ({ normal }) =>
      (at) =>
        1e9 + at * 10 + 1000 * normal(),
    'a daily cycle':
      ({ normal }) =>
      (at) =>
        1000 + 400 * Math.sin((at / day) * 2 * Math.PI) + 30 * normal(),
    'small counts': ({ even }) => {
      let clients = 20
      return () => {
        if (even() < 0.05) clients += even() < 0.5 || clients > 40 ? -1 : 1
        clients = Math.max(5, clients)
        return clients
      }
    },
    'an hourly job':
      ({ normal }) =>
      (at) =>
        1000 + 30 * normal() + (at % 720 < 12 ? 500 : 0),
  }

describe('in a week of one value in five seconds there is less than one false alarm a day in', () => {
  for (const [name, of] of Object.entries(quiet))
    test(name, () => {
      const weeks = [1, 2].map((seed) =>
        watch(series(week, of(chance(seed * 7919))), { everyMs: fiveSeconds }),
      )
      for (const { seen } of weeks) expect(alarms(seen).length).toBeLessThan(7)
    })
})
