import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { createLastingSite } from '../../../src/index.ts'
import type { TestDatabase } from '../../support/databases.ts'
import { createService } from '../../support/service.ts'

const site = createLastingSite(new AsyncLocalStorage())

/** A call with a service and a database of its own, of which the name is all that can be read. */
async function call(name: string, waitFor: Promise<unknown> = Promise.resolve()) {
  const db = { name, execute: async () => [{ name }] } as unknown as TestDatabase['db']
  const { service } = await createService(
    { db },
    {
      async ready() {
        await waitFor
        return { ready: true, checks: { database: name } }
      },
    },
  )
  const answer = await site.fetch(new Request('http://localhost/readyz'), {}, service)
  return ((await answer.json()) as { checks: { database: string } }).checks.database
}

test('each call is answered by its own service, also where they overlap', async () => {
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const first = call('first', gate)
  const second = call('second', gate)
  expect(await call('third')).toBe('third')
  open()
  expect(await Promise.all([first, second])).toEqual(['first', 'second'])
})
