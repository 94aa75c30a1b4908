import { expect, test, vi } from 'vitest'
import { createTracer, noTracer, type TracerOptions } from '../../src/pipeline/tracer.ts'
import { readTrace } from '../../src/rules/trace.ts'

const elsewhere = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const span = { kind: 'internal', attributes: { n: 1, none: null } } as const

function start(changes: Partial<TracerOptions> = {}) {
  const sent: string[] = []
  const failures: unknown[] = []
  const tracer = createTracer({
    send: async (body) => void sent.push(String(body)),
    resource: {},
    ratio: 1,
    now: () => 1000,
    random: () => 0.5,
    onFailure: (error) => failures.push(error),
    ...changes,
  })
  const spans = () =>
    sent.flatMap((body) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans as object[])
  return { tracer, sent, spans, failures }
}

test('a span that is part of nothing begins a trace, which others can read', async () => {
  const { tracer, spans } = start()
  const open = tracer.start('poll', span)
  const trace = open.trace ?? ''
  expect(readTrace(new Headers({ traceparent: trace }))).toBe(trace)
  open.end({ more: 'x' })
  open.end()
  await tracer.flush()
  const [, traceId, spanId] = trace.split('-')
  expect(spans()).toMatchObject([
    {
      name: 'poll',
      traceId,
      spanId,
      attributes: [
        { key: 'n', value: { intValue: '1' } },
        { key: 'more', value: { stringValue: 'x' } },
      ],
    },
  ])
})

test('a span is part of what it is told, whose state is passed on', async () => {
  const { tracer, spans } = start({ ratio: 0 })
  const open = tracer.start('deliver', { ...span, parent: `${elsewhere} vendor=1` })
  expect(open.trace).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01 vendor=1$/)
  open.end({}, 'HTTP 500')
  await tracer.flush()
  expect(spans()).toMatchObject([
    { parentSpanId: '00f067aa0ba902b7', status: { code: 2, message: 'HTTP 500' } },
  ])
})

test.each([
  ['not sampled there', { parent: elsewhere.replace(/01$/, '00') }, {}],
  ['not drawn here', {}, { ratio: 0.5 }],
  [
    'not drawn here, whatever is said there',
    { parent: elsewhere },
    { ratio: 0, heedParent: false },
  ],
])(
  'a trace %s is not recorded, only passed on',
  async (_, { parent }: { parent?: string }, options) => {
    const { tracer, spans } = start(options)
    const open = tracer.start('poll', { ...span, parent })
    expect(open.trace).toBe(parent)
    open.end()
    await tracer.flush()
    expect(spans()).toEqual([])
  },
)

test('spans are sent together, a while after the first or when there are many', async () => {
  vi.useFakeTimers()
  try {
    const { tracer, sent, spans } = start()
    for (let n = 0; n < 3; n++) tracer.start('poll', span).end()
    expect(sent).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(2000)
    expect(sent).toHaveLength(1)
    expect(spans()).toHaveLength(3)
    for (let n = 0; n < 512; n++) tracer.start('poll', span).end()
    await vi.advanceTimersByTimeAsync(0)
    expect(spans()).toHaveLength(515)
    await tracer.flush()
  } finally {
    vi.useRealTimers()
  }
})

test('a collector that fails costs its spans and nothing else', async () => {
  const { tracer, failures } = start({ send: () => Promise.reject(new Error('gone')) })
  for (let n = 0; n < 600; n++) tracer.start('poll', span).end()
  await tracer.flush()
  expect(failures).toHaveLength(2)
})

test('where nobody asked for traces, those of others are passed on', () => {
  expect(noTracer.start('deliver', { ...span, parent: elsewhere }).trace).toBe(elsewhere)
  expect(noTracer.start('poll', span).trace).toBeUndefined()
})
