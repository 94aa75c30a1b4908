import { describe, expect, test } from 'vitest'
import { type Reply, ValkeyError } from '../../src/plugin/valkey.ts'
import { lookAt } from '../../src/valkey/look.ts'

/** A look over answers worked out here, and the lines that were sent for it. */
function look(answer: (line: string) => Reply) {
  const sent: string[] = []
  const valkey = lookAt({
    async call(command, ...args) {
      const line = [command, ...args].join(' ')
      sent.push(line)
      return answer(line)
    },
    close() {},
  })
  return { valkey, sent }
}

const fails = (fault: ValkeyError['fault']) => () => {
  throw new ValkeyError(fault, fault)
}

describe('lookAt', () => {
  test('sends the same call once, whoever makes it, however it is written', async () => {
    const { valkey, sent } = look((line) => line)
    const answers = await Promise.all([valkey.call('PING'), valkey.call('ping')])
    expect(await valkey.call('PING')).toBe('PING')
    expect(answers).toEqual(['PING', 'PING'])
    await valkey.call('SLOWLOG', 'GET', 1)
    await valkey.call('SLOWLOG', 'GET', '1')
    await valkey.call('SLOWLOG', 'GET', 2)
    expect(sent).toEqual(['PING', 'SLOWLOG GET 1', 'SLOWLOG GET 2'])
  })

  test('keeps calls apart whose arguments only look alike when joined', async () => {
    const { valkey, sent } = look((line) => line)
    await valkey.call('CONFIG', 'GET', 'a b')
    await valkey.call('CONFIG', 'GET', 'a', 'b')
    expect(sent).toHaveLength(2)
  })

  test('asks for all of INFO in one argument, and reads it once', async () => {
    const { valkey, sent } = look(() => 'maxmemory:5\r\n')
    const [one, two] = await Promise.all([valkey.info(), valkey.info()])
    expect(one).toBe(two)
    expect(one.number('maxmemory')).toBe(5)
    expect(sent).toEqual(['INFO all'])
  })

  test('rejects where INFO is answered with something else', async () => {
    await expect(look(() => 7).valkey.info()).rejects.toMatchObject({ fault: 'error' })
  })

  test('gives a failed call to everybody who asks for it', async () => {
    const { valkey, sent } = look(fails('denied'))
    await expect(valkey.call('INFO')).rejects.toMatchObject({ fault: 'denied' })
    await expect(valkey.call('INFO')).rejects.toMatchObject({ fault: 'denied' })
    await expect(valkey.call('PING')).rejects.toMatchObject({ fault: 'denied' })
    expect(sent).toEqual(['INFO', 'PING'])
  })

  test.each(['timeout', 'refused', 'closed', 'auth', 'max_clients'] as const)(
    'sends nothing more after %s',
    async (fault) => {
      const { valkey, sent } = look(fails(fault))
      const first = await valkey.call('PING').catch((error) => error)
      expect(await valkey.info().catch((error) => error)).toBe(first)
      expect(sent).toEqual(['PING'])
    },
  )

  test('lets a failed call go that nobody waits for', async () => {
    const { valkey } = look(fails('timeout'))
    valkey.call('PING')
    valkey.info()
    // An unhandled rejection would fail this file.
    await new Promise((resolve) => setImmediate(resolve))
    await expect(valkey.call('PING')).rejects.toMatchObject({ fault: 'timeout' })
  })
})
