import { expect, test } from 'vitest'
import { lastingService } from '../../src/api/lasting-service.ts'
import type { TestDatabase } from '../support/databases.ts'
import { createService } from '../support/service.ts'

class Named {
  readonly #name: string
  constructor(name: string) {
    this.#name = name
  }
  who() {
    return this.#name
  }
}

const named = (name: string) =>
  createService({ db: new Named(name) as never as TestDatabase['db'] })

test('everything that is done is done by the service of the call at hand', async () => {
  const [first, second] = [await named('first'), await named('second')]
  let now = first.service
  const lasting = lastingService(first.service, () => now)
  const who = () => (lasting.store.db as never as Named).who()
  expect(Object.keys(lasting).sort()).toEqual(
    expect.arrayContaining(Object.keys(first.service).sort()),
  )

  expect(who()).toBe('first')
  now = second.service
  expect(who()).toBe('second')
  lasting.wakeDrain()
  lasting.wakeTick()
  await lasting.resolve('example.com')
  await lasting.probe('redis://example.com')
  expect(first.asked).toMatchObject({ drains: 0, ticks: 0, resolved: [], probed: [] })
  expect(second.asked).toMatchObject({ drains: 1, ticks: 1, resolved: ['example.com'] })
  const sealed = await lasting.store.vault.seal('secret')
  expect(await second.service.store.vault.open(sealed)).toBe('secret')
})
