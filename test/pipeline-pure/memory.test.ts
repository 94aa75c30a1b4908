import { describe, expect, test } from 'vitest'
import { type Recollection, recollect } from '../../src/pipeline/memory.ts'
import { newId } from '../../src/store/ids.ts'

const nothing: Recollection = {
  version: 0,
  states: new Map(),
  unwritten: new Set(),
  writeAfter: new Map(),
}
const quiet = {
  ...{ readings: [], error: null, faulty: false, recheckMs: undefined },
  capabilities: new Map<string, boolean>(),
}
const minute = 60_000

/** One instance with a small and a large state that change with every look. */
function learning({ instanceId = newId(), largeBytes = 40_000 } = {}) {
  let memory = nothing
  let looks = 0
  return (now: number, { mustWrite = false, recheckMs = undefined as number | undefined } = {}) => {
    looks += 1
    const look = (plugin: string, state: unknown) => ({
      ...{ ...quiet, plugin, state, recheckMs },
    })
    const seen = [look('small', { looks }), look('large', 'x'.repeat(largeBytes) + looks)]
    const { after, write } = recollect(instanceId, memory, seen, { now, mustWrite })
    memory = after
    return write.map(({ plugin }) => plugin)
  }
}

describe('what a look has learned', () => {
  test('is written at first sight, then at most once a minute, and rarely where it is large', () => {
    const look = learning()
    expect(look(0)).toEqual(['small', 'large'])
    const written = { small: 0, large: 0 }
    for (let now = 5000; now <= 60 * minute; now += 5000)
      for (const plugin of look(now)) written[plugin === 'small' ? 'small' : 'large'] += 1
    expect(written.small).toBeGreaterThanOrEqual(58)
    expect(written.small).toBeLessThanOrEqual(60)
    expect(written.large).toBeGreaterThanOrEqual(5)
    expect(written.large).toBeLessThanOrEqual(8)
  })

  test('is all written with what happened, and with what may be about to', () => {
    for (const urgent of [{ mustWrite: true }, { recheckMs: 1000 }]) {
      const look = learning()
      look(0)
      expect(look(5000)).toEqual([])
      expect(look(10_000, urgent)).toEqual(['small', 'large'])
      expect(look(15_000)).toEqual([])
    }
  })

  test('of many instances first seen together is not written together after that', () => {
    const looks = Array.from({ length: 200 }, () => learning({ largeBytes: 6000 }))
    for (const look of looks) look(0)
    let most = 0
    for (let now = 10_000; now <= 10 * minute; now += 10_000)
      most = Math.max(most, looks.filter((look) => look(now).length > 0).length)
    expect(most).toBeLessThan(80)
  })

  test('that changes nothing writes nothing', () => {
    const seen = { ...quiet, plugin: 'a' }
    const context = { now: 0, mustWrite: false }
    const first = recollect('a', nothing, [{ ...seen, state: { x: [1] } }], context)
    expect(first.write).toHaveLength(1)
    const later = { now: 10 * minute, mustWrite: true }
    const second = recollect('a', first.after, [{ ...seen, state: { x: [1] } }], later)
    expect(second.write).toEqual([])
    expect(second.after.version).toBe(first.after.version)
  })
})
