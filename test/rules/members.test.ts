import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/rules/address.ts'
import { clusterMembers, memberUrl, sentinelMembers } from '../../src/rules/members.ts'

const node = (where: string, flags = 'master') =>
  `${'a'.repeat(40)} ${where} ${flags} - 0 0 1 connected`
const nodes = (...lines: string[]) => `${lines.join('\n')}\n`
const myself = node('10.0.0.1:7000@17000,one.example', 'myself,master')

describe('the other nodes of a cluster', () => {
  test('are known by address, or by name where the one asked is', () => {
    const reply = nodes(
      myself,
      node('10.0.0.2:7001@17001,Two.example'),
      node('10.0.0.3:7002@17002,,shard-id=69b'),
      node('10.0.0.4:7003@17003', 'slave'),
      node('2001:db8::5:7004@17004,?', 'slave,fail'),
      node('10.0.0.6:7005'),
    )
    const ports = [7001, 7002, 7003, 7004, 7005]
    const ips = ['10.0.0.2', '10.0.0.3', '10.0.0.4', '2001:db8::5', '10.0.0.6']
    const at = (hosts: string[]) => hosts.map((host, index) => ({ host, port: ports[index] }))
    expect(clusterMembers(reply, { host: '10.0.0.1' })).toMatchObject({
      addresses: at(ips),
      complete: true,
    })
    expect(clusterMembers(reply, { host: 'one.example' })).toMatchObject({
      addresses: at(['two.example', ...ips.slice(1)]),
    })
  })

  test('are not all known while one has no address, or is being introduced', () => {
    for (const other of [node(':0@0', 'master,noaddr'), node('10.0.0.3:7002@17002', 'handshake')]) {
      const reply = nodes(myself, other, node('10.0.0.2:7001@17001'))
      const { addresses, complete } = clusterMembers(reply, { host: '10.0.0.1' })
      expect(addresses).toMatchObject([{ host: '10.0.0.2', port: 7001 }])
      expect(complete).toBe(false)
    }
  })

  test('are unknown to one that is alone', () => {
    const reply = nodes(node(':7000@17000', 'myself,master'))
    expect(clusterMembers(reply, { host: 'h' })).toEqual({ addresses: [], complete: false })
    expect(clusterMembers('', { host: 'h' })).toEqual({ addresses: [], complete: false })
  })
})

test('a Sentinel names the primary and its replicas', () => {
  const row = (ip: string, port: number) => [
    'name',
    'ip',
    'ip',
    ip,
    'port',
    `${port}`,
    'flags',
    'slave',
  ]
  expect(sentinelMembers(row('10.0.0.1', 6379), [row('Two.example', 6380)])).toEqual({
    addresses: [
      { host: '10.0.0.1', port: 6379 },
      { host: 'two.example', port: 6380 },
    ],
    complete: true,
  })
  expect(sentinelMembers(row('10.0.0.1', 6379), [['name']]).complete).toBe(false)
})

test('a member is asked as the one that named it is, for what is its own', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('redis', 'rediss', 'valkey', 'valkeys'),
      fc.constantFrom('h', '[::1]', '10.0.0.1'),
      fc.constantFrom('10.0.0.9', '2001:db8::1', 'two.example'),
      fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
      (scheme, seedHost, host, password) => {
        const user = `u:${encodeURIComponent(password)}`
        const seed = `${scheme}://${user}@${seedHost}:7000?name=a&cluster=discover`
        const { name: _, discover: __, ...asked } = parseAddress(seed)
        const member = parseAddress(memberUrl(seed, { host, port: 7001 }))
        expect(member).toEqual({ ...asked, host, port: 7001 })
      },
    ),
  )
})
