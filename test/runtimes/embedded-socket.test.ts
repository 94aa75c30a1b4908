import { expect, test } from 'vitest'
import { connectEmbedded } from '../../src/runtimes/server/embedded-socket.ts'

test('a database that ends fails what is asked of it, then and later, and says why', async () => {
  const { client, ended } = connectEmbedded(() => ended(new Error('out of memory')))
  await expect(client`select 1`).rejects.toThrow('out of memory')
  for (let times = 0; times < 3; times += 1)
    await expect(client`select 1`).rejects.toThrow('has ended. Start Tocsin again.')
  const transaction = client.begin((tx) => tx`select 1`)
  await expect(transaction).rejects.toThrow('has ended')
  await client.end({ timeout: 1 })
})

test('a driver that takes leave says so to the database', async () => {
  const types: unknown[] = []
  const { client, ended } = connectEmbedded((bytes) => {
    types.push(String.fromCharCode(bytes[0] ?? 0))
    if (types.includes('X')) ended()
  })
  void client`select 1`.catch(() => {})
  await client.end({ timeout: 0.1 })
  expect(types).toEqual(['\0', 'X'])
})
