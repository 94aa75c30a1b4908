import { expect, test } from 'vitest'
import { expose } from '../../src/rules/exposition.ts'
import { createCounter, createHistogram } from '../../src/rules/meter.ts'

test('a counter grows for each set of labels', () => {
  const counter = createCounter('sent_total', 'What was sent.')
  counter.add({ status: 'success' })
  counter.add({ status: 'failed' }, 2)
  counter.add({ status: 'success' })
  expect(counter.family()).toEqual({
    name: 'sent_total',
    help: 'What was sent.',
    type: 'counter',
    samples: [
      { labels: { status: 'success' }, value: 2 },
      { labels: { status: 'failed' }, value: 2 },
    ],
  })
})

test('a counter keeps ten thousand series and no more', () => {
  const counter = createCounter('many_total', 'Many.')
  for (let n = 0; n < 10_001; n++) counter.add({ n: String(n) })
  counter.add({ n: '1' })
  expect(counter.family().samples).toHaveLength(10_000)
  expect(counter.family().samples[1]?.value).toBe(2)
})

test('a histogram counts what is at or below each bound', () => {
  const histogram = createHistogram('took_seconds', 'How long.', [0.1, 1])
  for (const seconds of [0.1, 0.5, 5]) histogram.observe(seconds)
  expect(expose([histogram.family()])).toBe(
    '# HELP took_seconds How long.\n' +
      '# TYPE took_seconds histogram\n' +
      'took_seconds_bucket{le="0.1"} 1\n' +
      'took_seconds_bucket{le="1"} 2\n' +
      'took_seconds_bucket{le="+Inf"} 3\n' +
      'took_seconds_sum 5.6\n' +
      'took_seconds_count 3\n',
  )
})

test('labels and help are escaped, and any number is written', () => {
  const samples = [NaN, Infinity, -Infinity, 1e21].map((value) => ({
    labels: { name: 'a "b" \\ \n' },
    value,
  }))
  const text = expose([{ name: 'odd', help: 'a \\ \n b', type: 'gauge', samples }])
  expect(text.split('\n')).toEqual([
    '# HELP odd a \\\\ \\n b',
    '# TYPE odd gauge',
    ...['NaN', '+Inf', '-Inf', '1e+21'].map((it) => `odd{name="a \\"b\\" \\\\ \\n"} ${it}`),
    '',
  ])
})
