import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseInfo } from '../../src/valkey/info.ts'

const text = [
  '# Server',
  'redis_version:7.2.4',
  'uptime_in_seconds:12',
  '',
  '# Memory',
  'used_memory_human:1.50M',
  'mem_fragmentation_ratio:1.03',
  'slave0:ip=::1,port=6380,state=online',
  'slave1:ip=10.0.0.2,port=6380,state=online',
  'second_repl_offset:-1',
  'master_link_down_since_seconds:',
  'odd:nan',
  '',
].join('\r\n')

describe('parseInfo', () => {
  const info = parseInfo(text)

  test('gives fields as text, also where the value holds colons', () => {
    expect(info.text('redis_version')).toBe('7.2.4')
    expect(info.text('slave0')).toBe('ip=::1,port=6380,state=online')
    expect(info.text('no_such_field')).toBeUndefined()
  })

  test('gives numbers, and nothing for what is none', () => {
    expect(info.number('uptime_in_seconds')).toBe(12)
    expect(info.number('second_repl_offset')).toBe(-1)
    expect(info.number('mem_fragmentation_ratio')).toBe(1.03)
    for (const field of ['used_memory_human', 'odd', 'redis_version', 'no_such_field'])
      expect(info.number(field)).toBeUndefined()
    expect(info.number('master_link_down_since_seconds')).toBeUndefined()
  })

  test('lists the fields of a family in their order', () => {
    expect(info.startingWith('slave').map(([name]) => name)).toEqual(['slave0', 'slave1'])
    expect(info.startingWith('cmdstat_')).toEqual([])
  })

  test('reads back any fields that were written', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_|]*$/)
    const value = fc.string().filter((it) => !/[\r\n]/.test(it))
    fc.assert(
      fc.property(fc.dictionary(name, value), (fields) => {
        const lines = Object.entries(fields).map(([key, it]) => `${key}:${it}\r\n`)
        const read = parseInfo(`# Section\r\n${lines.join('')}`)
        expect(Object.fromEntries(read.startingWith(''))).toEqual({ ...fields })
      }),
    )
  })
})
