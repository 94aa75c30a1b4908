import { expect, test } from 'vitest'
import { concealMarks, createMarks } from '../../src/rules/marks.ts'

const secret = 'R0UTING "KEY" & more'
const marks = await createMarks({ routingKey: secret, pin: '123' }, 'signing-secret')
const word = marks.of('routingKey') ?? ''

test('a word stands for a secret until it is revealed, written as its place demands', () => {
  expect(word).toMatch(/^[a-z0-9-]+$/)
  expect(marks.reveal(`key=${word}`)).toBe(`key=${secret}`)
  expect(JSON.parse(marks.reveal(JSON.stringify({ key: word }), 'json'))).toEqual({ key: secret })
  expect(new URLSearchParams(marks.reveal(`key=${word}`, 'form')).get('key')).toBe(secret)
})

test('a word nobody was given reveals nothing', async () => {
  const guessed = `tocsin-secret-${'0'.repeat(32)}`
  expect(marks.reveal(guessed)).toBe(guessed)
  const others = await createMarks({ routingKey: secret }, 'another-secret')
  expect(others.of('routingKey')).not.toBe(word)
  expect(marks.of('password')).toBeUndefined()
})

test('what is kept holds neither words nor secrets, in whatever form', () => {
  const said = `${word} ${secret} ${JSON.stringify(secret)} ${encodeURIComponent(secret)} 123`
  expect(marks.conceal(said)).toBe('*** *** "***" *** 123')
  expect(concealMarks(`"${word}"`)).toBe('"***"')
})

test('the same secret has the same word, so that a body stays the same', async () => {
  const again = await createMarks({ pin: '123', routingKey: secret }, 'signing-secret')
  expect(again.of('routingKey')).toBe(word)
})
