import { beforeAll, expect, test } from 'vitest'
import { createVault } from '../../src/rules/vault.ts'
import type { Store } from '../../src/store/database.ts'
import { listInstances } from '../../src/store/instances.ts'
import { syncInstances } from '../../src/store/listed-instances.ts'
import { claimLooks } from '../../src/store/looks.ts'
import { useDatabase } from '../support/fixtures.ts'

const database = useDatabase()
let store: Store
beforeAll(async () => {
  const vault = await createVault(crypto.getRandomValues(new Uint8Array(32)))
  store = { db: database.db, vault }
})

const listed = (name: string, host = name) => ({
  name,
  url: `redis://:secret@${host}`,
  host,
  port: 6379,
})
const names = async () => (await listInstances(store, { limit: 10 })).map(({ name }) => name)
const due = async () => (await claimLooks(store, { limit: 10, leaseMs: 60_000 })).length

test('the list of the environment is kept in step: added, renamed, removed', async () => {
  await syncInstances(store, [listed('a'), listed('b')])
  await syncInstances(store, [listed('renamed', 'b'), listed('c')])
  expect(await names()).toEqual(['renamed', 'c'])
})

test('those that have not changed are looked at anew, or left to their turn', async () => {
  await syncInstances(store, [listed('a'), listed('b')])
  expect(await due()).toBe(2)
  await syncInstances(store, [listed('a'), listed('other', 'b'), listed('c')], { leaveKnown: true })
  expect(await due()).toBe(2)
  expect(await names()).toEqual(['a', 'other', 'c'])
  await syncInstances(store, [listed('a')])
  expect(await due()).toBe(1)
})
