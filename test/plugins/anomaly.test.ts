import { describe, expect, test } from 'vitest'
import anomaly from '../../plugins/anomaly.ts'
import { checkPlugin } from '../../src/testing.ts'

describe('conformance', () => {
  for (const { name, run } of checkPlugin(anomaly)) test(name, run)
})

test('the limit an anomaly exceeded is part of its data, no webhook sets one', () => {
  const [event] = anomaly.events
  expect(event?.threshold).toBeUndefined()
  const { message: _, ...data } = event?.example ?? { message: '' }
  expect(event?.data.parse(data)).toMatchObject({ threshold: 3 })
})
