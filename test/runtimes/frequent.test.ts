import { expect, it } from 'vitest'
import { createFrequent } from '../../src/runtimes/server/frequent.ts'

it('takes a text for frequent from the second time on', () => {
  const isFrequent = createFrequent()
  expect(['a', 'b', 'a', 'a', 'b'].map(isFrequent)).toEqual([false, false, true, true, true])
})

it('is not filled by texts that come once', () => {
  const isFrequent = createFrequent()
  isFrequent('often')
  expect(isFrequent('often')).toBe(true)
  for (let n = 0; n < 5000; n += 1) expect(isFrequent(`once ${n}`)).toBe(false)
  expect(isFrequent('often')).toBe(true)
  expect([isFrequent('late'), isFrequent('late')]).toEqual([false, true])
})

it('has a bound', () => {
  const isFrequent = createFrequent()
  const frequent = Array.from({ length: 500 }, (_, n) => isFrequent(`${n}`) || isFrequent(`${n}`))
  expect(frequent.filter(Boolean)).toHaveLength(200)
})
