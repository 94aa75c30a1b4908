import { ValkeyError } from 'tocsin/plugin'
import { describe, expect, test } from 'vitest'
import type { Lacks } from '../../src/rules/lacks.ts'
import { sparing } from '../../src/valkey/sparing.ts'

const commands = new Set(['ping', 'info', 'acl|log', 'config|get'])

/** Successive looks at a server that refuses what `refused` says at that moment. */
function server() {
  const refused = new Map<string, ValkeyError>()
  const sent: string[] = []
  let lacks: Lacks = {}
  return {
    refused,
    async look(now: number, ...lines: string[]) {
      sent.length = 0
      const one = sparing(
        {
          async call(command, ...args) {
            const line = [command, ...args].join(' ')
            sent.push(line)
            const error = refused.get(line)
            if (error) throw error
            return 'OK'
          },
          close() {},
        },
        { before: lacks, commands, now },
      )
      const answers: unknown[] = []
      for (const line of lines) {
        const [command = '', ...args] = line.split(' ')
        answers.push(await one.connection.call(command, ...args).catch(({ fault }) => fault))
      }
      lacks = one.lacks()
      return { answers, sent: [...sent], lacks }
    },
  }
}

const denied = new ValkeyError('denied', "No permission: to run 'acl|log'")

describe('sparing', () => {
  test('records what is refused, under the name ACL rules give it', async () => {
    const { look, refused } = server()
    refused.set('ACL LOG 128', denied)
    refused.set('config GET *', new ValkeyError('unsupported', 'unknown command'))
    const { answers, lacks } = await look(1000, 'ACL LOG 128', 'config GET *', 'PING')
    expect(answers).toEqual(['denied', 'unsupported', 'OK'])
    expect(lacks).toEqual({
      'acl|log': { reason: 'denied', message: "No permission: to run 'acl|log'", at: 1000 },
      'config|get': { reason: 'unsupported', message: 'unknown command', at: 1000 },
    })
  })

  test('does not send it again for three minutes, whatever its arguments; then it does', async () => {
    const { look, refused } = server()
    refused.set('ACL LOG 128', denied)
    await look(1000, 'ACL LOG 128')
    expect(await look(6000, 'ACL LOG 10')).toMatchObject({ answers: ['denied'], sent: [] })
    expect((await look(181_000, 'ACL LOG 128')).sent).toEqual(['ACL LOG 128'])
    expect((await look(186_000, 'ACL LOG 128')).sent).toEqual([])
  })

  test('forgets it once it is allowed', async () => {
    const { look, refused } = server()
    refused.set('ACL LOG 128', denied)
    await look(1000, 'ACL LOG 128')
    refused.clear()
    expect(await look(181_000, 'ACL LOG 128')).toMatchObject({ answers: ['OK'], lacks: {} })
  })

  test('asks for PING and INFO at every look: they tell whether anybody is there', async () => {
    const { look, refused } = server()
    refused.set('PING', denied)
    await look(1000, 'PING')
    expect((await look(6000, 'PING')).sent).toEqual(['PING'])
  })

  test('takes other errors for what they are, and a clock that went back for a long time', async () => {
    const { look, refused } = server()
    refused.set('ACL LOG 128', new ValkeyError('timeout', 'No answer'))
    expect((await look(1_000_000, 'ACL LOG 128')).lacks).toEqual({})
    refused.set('ACL LOG 128', denied)
    await look(1_000_000, 'ACL LOG 128')
    expect((await look(1000, 'ACL LOG 128')).sent).toEqual(['ACL LOG 128'])
  })
})
