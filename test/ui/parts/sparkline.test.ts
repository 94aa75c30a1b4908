import fc from 'fast-check'
import { expect, test } from 'vitest'
import { trail } from '../../../src/ui/parts/sparkline.tsx'

const places = fc
  .array(fc.tuple(fc.nat(240), fc.nat(56)), { minLength: 1, maxLength: 60 })
  .map((all) => all.sort(([a], [b]) => a - b))

/** Every place that a path passes, its ends and whatever is whole in between. */
function passed(line: string): Set<string> {
  const [x = 0, y = 0, ...steps] = (line.match(/-?\d+/g) ?? []).map(Number)
  const found = new Set([`${x} ${y}`])
  let [atX, atY] = [x, y]
  for (let n = 0; n < steps.length; n += 2) {
    const [across = 0, up = 0] = steps.slice(n)
    const parts = Math.max(Math.abs(across), Math.abs(up), 1)
    for (let part = 1; part <= parts; part += 1)
      found.add(`${atX + (across * part) / parts} ${atY + (up * part) / parts}`)
    atX += across
    atY += up
  }
  return found
}

test('a line passes every place, however many steps in one direction are one', () => {
  fc.assert(
    fc.property(places, (all) => {
      const line = passed(trail(all).line)
      expect(all.filter(([x, y]) => !line.has(`${x} ${y}`))).toEqual([])
    }),
  )
})

test('what does not change is one step, and one reading is a dot', () => {
  const level = Array.from({ length: 60 }, (_, n) => [n * 4, 20] as const)
  expect(trail(level).line).toBe('M0 20l236 0')
  expect(trail([[7, 9]]).line).toBe('M7 9l0 0')
})
