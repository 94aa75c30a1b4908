import { expect, test } from 'vitest'
import { judge } from '../../src/cli/verify.ts'
import { sign } from '../../src/verify.ts'

const secret = 'your-secret-key'
const at = Date.UTC(2024, 0, 28, 16)
const body = '{"id":"evt-1","event":"instance.down"}'
const headers = await sign({ scheme: 'betterdb', secret, body, timestamp: at })

const said = async (given: string, moment: number, secrets = [secret]) => {
  const request = { headers, body: Buffer.from(given) }
  return (await judge(request, { secrets, at: moment })).text
}

test('a genuine request is told with its scheme, time, event and id', async () => {
  expect(await said(body, at + 5000)).toBe(
    'verified: betterdb, signed 5 s ago\n  instance.down  evt-1\n',
  )
})

test('a request that is too old is told apart from a forged one', async () => {
  const later = at + 7_200_000
  expect(await said(body, later)).toMatch(
    /REFUSED, too_old.*\n {2}signed 2024-01-28T16:00:00.000Z, 2 h ago; --at 2024-01-28T16:00:00.000Z judges/,
  )
  expect(await said(`${body}\n`, later)).toMatch(/2 h ago.*\n.*without the line break at the end/)
  expect(await said(body, later, ['another'])).toMatch(/too_old.*\n.*does not match either/)
})

test('the usual ways to spoil a body are named', async () => {
  expect(await said(`${body}\n`, at)).toMatch(/bad_signature.*\n.*line break at the end/)
  const pretty = JSON.stringify(JSON.parse(body), null, 2)
  expect(await said(pretty, at)).toMatch(/bad_signature.*\n.*parsed and printed again/)
  expect(await said(body.replace('down', 'up'), at)).toMatch(/^REFUSED, bad_signature[^\n]*\n$/)
})
