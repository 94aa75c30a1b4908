import { defineFormat } from 'tocsin/plugin'
import { expect, test } from 'vitest'
import { createFormats } from '../../src/rules/formats.ts'

const format = (name: string, title: string, host = '') =>
  defineFormat({
    name,
    title,
    summary: 'One of many.',
    suggests: ({ hostname }) => hostname === host,
    render: () => ({ body: '{}' }),
  })
const plain = format('plain', 'Plain')
const chat = format('chat', 'Chat', 'chat.example.com')

test('formats are found by name, the default first', () => {
  const formats = createFormats([plain], [chat])
  expect(formats.all.map(({ name }) => name)).toEqual(['plain', 'chat'])
  expect(formats.find('chat')).toBe(chat)
  expect(formats.find('other')).toBeUndefined()
})

test('a name claimed twice is refused, both owners named', () => {
  expect(() => createFormats([plain], [format('plain', 'Mine')])).toThrow(
    'Format "plain" is declared as "Plain" by Tocsin itself and as "Mine" by the configuration',
  )
  expect(() => createFormats([plain], [chat, chat])).toThrow('"Chat" by the configuration and')
})

test('a URL suggests the format of the service it belongs to', () => {
  const formats = createFormats([plain, chat])
  expect(formats.suggest('https://chat.example.com/x')).toBe(chat)
  expect(formats.suggest('https://example.com/chat.example.com')).toBeUndefined()
  expect(formats.suggest('no url')).toBeUndefined()
})
