import fc from 'fast-check'
import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { template } from '../../src/formats/template.ts'
import { renderTemplate, templateFault } from '../../src/formats/template-body.ts'
import { anyText } from '../support/any-text.ts'
import { conform } from './conform.ts'

type Json = z.core.util.JSONType

const rich: Json = {
  text: '{{ event.severity | upcase }} {{ event.message }} on {{ instance.host }}:{{ instance.port }}',
  list: ['{{ data.value }}', 1, true, null, { $raw: 'data' }],
  none: { $raw: 'data.nothing.there' },
  value: { $raw: 'threshold.value' },
  when: '{% if threshold %}over {{ threshold.limit }}{% else %}no limit{% endif %}',
}

async function fill(value: Json, changes: Parameters<typeof formatEvent>[0] = {}) {
  const config = { template: value }
  return JSON.parse((await composeRequest(template, [formatEvent(changes)], { config })).body)
}

describe('template', () => {
  conform(template, { config: { template: rich } })
})

test('texts are filled in, values stand as they are', async () => {
  expect(await fill(rich)).toEqual({
    text: 'CRITICAL Memory usage critical: 92.5% (threshold: 90%) on valkey.example.com:6379',
    list: ['92.5', 1, true, null, formatEvent().data],
    none: null,
    value: 92.5,
    when: 'over 90',
  })
})

test('whatever an event holds, the body is JSON and the text is unchanged', () => {
  fc.assert(
    fc.property(anyText(), (message) => {
      const body = renderTemplate({ said: '{{ event.message }}' }, { event: { message } })
      expect(JSON.parse(body)).toEqual({ said: message })
    }),
  )
})

test('any JSON without braces or dollars in it is its own template', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value)
      fc.pre(!/\{[{%]|\$raw/.test(text))
      expect(JSON.parse(renderTemplate(JSON.parse(text), {}))).toEqual(JSON.parse(text))
    }),
  )
})

test.each<readonly [Json, readonly (string | number)[]]>([
  ['{{ event.id', []],
  [{ a: ['ok', '{% nothing %}'] }, ['a', 1]],
  [{ a: '{{ event.id | no_such_filter }}' }, ['a']],
  [{ a: '{% if x %}' }, ['a']],
  [{ a: { $raw: 'data value' } }, ['a']],
  [Array.from({ length: 3000 }, () => 1), []],
])('a template that cannot be filled is refused where it is wrong: %j', (value, path) => {
  expect(templateFault(value)).toMatchObject({ path, message: expect.any(String) })
  expect(template.config?.safeParse({ template: value }).success).toBe(false)
})

test('no other file is read', async () => {
  expect(templateFault("{% include 'x' %}")).toBeUndefined()
  await expect(
    composeRequest(template, undefined, { config: { template: "{% include 'x' %}" } }),
  ).rejects.toThrow(/ENOENT|not found|lookup/i)
})

test('one that would not end, or would fill the memory, is stopped', async () => {
  const endless =
    '{% for i in (1..100000000) %}{% for j in (1..100000000) %}x{% endfor %}{% endfor %}'
  await expect(fill({ a: endless })).rejects.toThrow(/limit/)
  // Each of its texts is quick enough; all of them are not.
  const slow = '{% for i in (1..30000) %}{{ i | times: i }}{% endfor %}'
  await expect(fill(Array.from({ length: 50 }, () => slow))).rejects.toThrow(/limit/)
  const large = Array.from({ length: 200 }, () => '{{ event.message }}')
  await expect(fill(large, { data: { message: 'x'.repeat(20_000) } })).rejects.toThrow(/bytes/)
})

test('inherited names are not seen', async () => {
  expect(await fill({ a: '{{ data.constructor }}{{ event.__proto__ }}' })).toEqual({ a: '' })
})
