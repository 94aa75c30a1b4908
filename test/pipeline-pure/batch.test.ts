import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBatch } from '../../src/pipeline/batch.ts'

/** Writes that the test ends one by one. */
function heldWrites() {
  const writes: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = []
  const write = (items: readonly number[]) =>
    new Promise<(item: number) => string>((resolve, reject) => {
      writes.push({ items, end: () => resolve((item) => `wrote ${item}`), fail: reject })
    })
  return { writes, write, sizes: () => writes.map(({ items }) => items.length) }
}
const immediate = () => new Promise<void>((resolve) => setImmediate(resolve))
/** Time enough for a write that gathers for no longer than it must. */
const turn = async () => {
  await immediate()
  await immediate()
}
const gather = immediate

describe('a batch', () => {
  it('writes one item at once, and gives it its answer', async () => {
    const { writes, write } = heldWrites()
    const add = createBatch(write, { gather })
    const answer = add(1)
    await turn()
    expect(writes.map(({ items }) => items)).toEqual([[1]])
    writes[0]?.end()
    expect(await answer).toBe('wrote 1')
  })

  it('writes together what is handed in during one turn', async () => {
    const { writes, write } = heldWrites()
    const add = createBatch(write, { gather })
    const answers = [1, 2, 3].map(add)
    await turn()
    expect(writes.map(({ items }) => items)).toEqual([[1, 2, 3]])
    writes[0]?.end()
    expect(await Promise.all(answers)).toEqual(['wrote 1', 'wrote 2', 'wrote 3'])
  })

  it('writes together what follows in the same turn, where nothing else is said', async () => {
    const { writes, write } = heldWrites()
    const add = createBatch(write)
    const handIn = async (item: number) => {
      // As far behind in the same turn as an answer that has gone through a few hands.
      for (let hands = 1; hands < item; hands += 1) await null
      return add(item)
    }
    const answers = [1, 2, 30].map(handIn)
    await expect.poll(() => writes.length).toBe(1)
    expect(writes.map(({ items }) => items)).toEqual([[1, 2, 30]])
    writes[0]?.end()
    expect(await Promise.all(answers)).toEqual(['wrote 1', 'wrote 2', 'wrote 30'])
  })

  it('gathers for the next write by what the last one took, and afresh after a pause', async () => {
    const { writes, write } = heldWrites()
    const told: number[] = []
    const add = createBatch(write, {
      gather(lastWriteMs) {
        told.push(lastWriteMs)
        return immediate()
      },
    })
    const answers = [add(1)]
    await turn()
    answers.push(add(2))
    await new Promise((resolve) => setTimeout(resolve, 5))
    for (let n = 0; n < 2; n += 1) {
      writes[n]?.end()
      await turn()
    }
    await Promise.all(answers)
    const last = add(3)
    await turn()
    writes[2]?.end()
    await last
    expect(told).toEqual([0, expect.any(Number), 0])
    expect(told[1]).toBeGreaterThan(4)
  })

  it('collects, in order, what is handed in while a write is under way', async () => {
    const { writes, write } = heldWrites()
    const add = createBatch(write, { gather })
    const answers = [add(1)]
    await turn()
    for (const item of [2, 3, 4]) {
      answers.push(add(item))
      await turn()
    }
    expect(writes).toHaveLength(1)
    writes[0]?.end()
    await turn()
    expect(writes.map(({ items }) => items)).toEqual([[1], [2, 3, 4]])
    writes[1]?.end()
    expect(await Promise.all(answers)).toEqual(['wrote 1', 'wrote 2', 'wrote 3', 'wrote 4'])
  })

  it('answers the items of a write as soon as that is done', async () => {
    const { writes, write } = heldWrites()
    const add = createBatch(write, { gather })
    const first = add(1)
    await turn()
    const second = add(2)
    writes[0]?.end()
    expect(await first).toBe('wrote 1')
    await turn()
    expect(writes).toHaveLength(2)
    writes[1]?.end()
    await second
  })

  it('writes at most so much at once, and what weighs more by itself', async () => {
    const { writes, write, sizes } = heldWrites()
    const add = createBatch(write, { gather, most: 10, weigh: (item) => item })
    const answers = [4, 6, 1, 30, 9].map(add)
    for (let n = 0; n < 4; n += 1) {
      await turn()
      writes[n]?.end()
    }
    await Promise.all(answers)
    expect(sizes()).toEqual([2, 1, 1, 1])
  })

  it('writes at most so many at once', async () => {
    const { writes, write, sizes } = heldWrites()
    const add = createBatch(write, { gather, most: 2 })
    const answers = [1, 2, 3, 4, 5].map(add)
    for (let n = 0; n < 3; n += 1) {
      await turn()
      writes[n]?.end()
    }
    await Promise.all(answers)
    expect(writes.flatMap(({ items }) => items)).toEqual([1, 2, 3, 4, 5])
    expect(sizes()).toEqual([2, 2, 1])
  })

  it('writes 500 at once where nothing else is said', async () => {
    const { writes, write, sizes } = heldWrites()
    const add = createBatch(write, { gather })
    const answers = Array.from({ length: 501 }, (_, n) => add(n))
    await turn()
    writes[0]?.end()
    await turn()
    writes[1]?.end()
    await Promise.all(answers)
    expect(sizes()).toEqual([500, 1])
  })

  it('rejects all that were in a failed write, and none besides', async () => {
    const { writes, write } = heldWrites()
    const add = createBatch(write, { gather })
    const failed = [add(1), add(2)]
    await turn()
    const later = add(3)
    writes[0]?.fail(new Error('no connection'))
    expect(await Promise.allSettled(failed)).toEqual([
      { status: 'rejected', reason: new Error('no connection') },
      { status: 'rejected', reason: new Error('no connection') },
    ])
    await turn()
    writes[1]?.end()
    expect(await later).toBe('wrote 3')
  })

  it('rejects where the write throws without a promise, and goes on', async () => {
    let broken = true
    const add = createBatch<number, number>((items) => {
      if (broken) throw new Error('broken')
      return Promise.resolve((item) => item * items.length)
    })
    await expect(add(1)).rejects.toThrow('broken')
    broken = false
    expect(await add(7)).toBe(7)
  })

  it('rejects the item whose answer is missing', async () => {
    const add = createBatch<number, number>(async () => (item) => {
      if (item === 2) throw new Error('no answer')
      return item
    })
    expect(await Promise.allSettled([add(1), add(2)])).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: new Error('no answer') },
    ])
    expect(await add(3)).toBe(3)
  })

  it('writes every item once and in order, however they are handed in', async () => {
    const groups = fc.array(fc.nat(6), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(groups, fc.integer({ min: 1, max: 4 }), async (sizes, most) => {
        const written: number[] = []
        let writing = 0
        const add = createBatch<number, number>(
          async (items) => {
            writing += 1
            expect(writing).toBe(1)
            expect(items.length).toBeGreaterThan(0)
            expect(items.length).toBeLessThanOrEqual(most)
            written.push(...items)
            await turn()
            writing -= 1
            return (item) => item * 2
          },
          { gather, most },
        )
        const answers: Promise<number>[] = []
        for (const size of sizes) {
          for (let n = 0; n < size; n += 1) answers.push(add(answers.length))
          await turn()
        }
        expect(await Promise.all(answers)).toEqual(answers.map((_, n) => n * 2))
        expect(written).toEqual(answers.map((_, n) => n))
      }),
      { numRuns: 50 },
    )
  })
})
