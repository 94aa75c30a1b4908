import { expect, test } from 'vitest'
import { createPermits } from '../../src/pipeline/permits.ts'

/** Permits on a clock of their own; `asked` is what was reserved, `waits` what is answered. */
function permits(...waits: readonly number[]) {
  const clock = { now: 0 }
  const asked: number[] = []
  const { take } = createPermits(
    () => clock.now,
    async (forMs) => {
      asked.push(forMs)
      return waits[asked.length - 1] ?? 0
    },
  )
  return { clock, asked, take }
}

test('a slow rate takes one turn, and puts the others off one after another', async () => {
  const { take, asked } = permits()
  const answers = await Promise.all([take(6), take(6), take(6)])
  expect(answers).toEqual([undefined, { forMs: 10_000 }, { forMs: 20_000 }])
  expect(asked).toEqual([10_000])
})

test('a quick rate takes what it may send in a second at once, and asks again after it', async () => {
  const { take, asked, clock } = permits()
  const taken = async () => (await Promise.all(Array(150).fill(6000).map(take))).filter((it) => !it)
  expect(await taken()).toHaveLength(100)
  expect(await taken()).toHaveLength(0)
  clock.now = 1000
  expect(await taken()).toHaveLength(100)
  expect(asked).toEqual([1000, 1000])
})

test('where another process has taken them it waits, and asks nothing meanwhile', async () => {
  const { take, asked, clock } = permits(700)
  expect(await take(120)).toEqual({ forMs: 700 })
  expect(await take(120)).toEqual({ forMs: 1200 })
  expect(asked).toHaveLength(1)
  clock.now = 700
  expect(await take(120)).toBeUndefined()
})

test('nothing is put off for longer than a minute', async () => {
  const { take } = permits()
  const answers = await Promise.all(Array(100).fill(1).map(take))
  expect(Math.max(...answers.map((it) => it?.forMs ?? 0))).toBe(60_000)
})
