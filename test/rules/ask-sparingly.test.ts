import { expect, test } from 'vitest'
import { askSparingly } from '../../src/rules/ask-sparingly.ts'

/** Something that answers with how often it was asked, whenever it is told to. */
function slow() {
  const waiting: (() => void)[] = []
  let [time, times] = [0, 0]
  const asked = askSparingly(
    () => {
      const answer = ++times
      return new Promise<number>((resolve) => waiting.push(() => resolve(answer)))
    },
    () => time,
  )
  return {
    asked,
    async answers(afterMs: number) {
      time += afterMs
      waiting.shift()?.()
    },
    pass(ms: number) {
      time += ms
    },
    times: () => times,
  }
}

test('what is quickly known is asked for each time', async () => {
  const { asked, answers } = slow()
  for (const times of [1, 2, 3]) {
    const answer = asked()
    await answers(10)
    expect(await answer).toBe(times)
  }
})

test('all who want it at once wait for the same', async () => {
  const { asked, answers, times } = slow()
  const both = Promise.all([asked(), asked()])
  await answers(500)
  expect(await both).toEqual([1, 1])
  expect(times()).toBe(1)
})

test('what takes long is kept for twenty times as long, and then shown while it is asked for anew', async () => {
  const { asked, answers, pass, times } = slow()
  const first = asked()
  await answers(500)
  expect(await first).toBe(1)
  pass(9_999)
  expect(await asked()).toBe(1)
  expect(times()).toBe(1)
  pass(1)
  expect(await asked()).toBe(1)
  expect(times()).toBe(2)
  await answers(500)
  await Promise.resolve()
  expect(await asked()).toBe(2)
})

test('what fails is asked for again', async () => {
  let times = 0
  const asked = askSparingly(async () => {
    times += 1
    if (times === 1) throw new Error('lost')
    return times
  })
  await expect(asked()).rejects.toThrow('lost')
  expect(await asked()).toBe(2)
})
