import { severities, tiers } from '../plugin/event.ts'
import type { FormatEvent } from '../plugin/format-event.ts'
import { formatEvent } from './format-event.ts'

/** Text that has broken payloads: long, empty, quoted, beyond ASCII, right to left, invisible, cut. */
const texts: readonly string[] = [
  '',
  ' ',
  'x'.repeat(20_000),
  '🚨'.repeat(5000),
  'é̂'.repeat(3000),
  '"\'`\\/ <b>&amp;</b> *_~|>#[](){}!',
  '<@U123> <!channel> @everyone @here <https://example.com|click>',
  '{{ data.value }} {% raw %} <%= value %> %s',
  'line one\r\nline two\tend\u2028\u2029',
  '\u0000\u0001\u001b[31m\u007f\u0085',
  '\u202eright to left\u202c العربية עברית',
  '日本語 Größe 👨‍👩‍👧‍👦 👍🏽 🇩🇪',
  '__proto__',
  'https://example.com/?a=b&c="d"',
]

/** Everything at once, as long as receivers' limits are, so that each is cut somewhere else. */
const mixtures: readonly string[] = [1, 63, 129, 150, 255, 1024, 2001, 3000, 4097].map((length) => {
  const pieces = ['🚨', '"', '\\', 'é̂', '\u202e', 'א', '&<>', '\u0007', '👩‍👧', '\n', '*_`', 'x']
  const wanted = Array.from({ length }, (_, at) => pieces[(at * 7 + length) % pieces.length])
  return wanted.join('')
})

/** Events nobody thinks of, each a legal one. */
export function awkwardEvents(): FormatEvent[] {
  const said = [...texts, ...mixtures].map((text, index) =>
    formatEvent({
      data: { message: text, username: text, value: 1e21, nested: { [text]: [text, null, true] } },
      summary: text || 'Something.',
      subject: text,
      severity: severities[index % severities.length] ?? 'info',
      tier: tiers[index % tiers.length] ?? 'community',
      instance: { name: text, host: text || 'h', port: 65_535, labels: { [text]: text } },
      threshold: undefined,
    }),
  )
  const whole = formatEvent()
  const { instance: _, ...lost } = whole
  return [
    whole,
    ...said,
    { ...lost, subject: '', threshold: undefined },
    { ...whole, links: {}, test: true },
    { ...whole, alert: { ...whole.alert, state: 'resolved' }, severity: 'info' },
    { ...whole, alert: { ...whole.alert, lasting: false } },
    formatEvent({ data: {}, threshold: undefined }),
    formatEvent({
      data: Object.fromEntries(
        Array.from({ length: 300 }, (_, at) => [`field${at}`, 'v'.repeat(at)]),
      ),
    }),
    formatEvent({ data: { message: `x${'🚨'.repeat(30_000)}` }, threshold: undefined }),
    { ...whole, timestamp: 0 },
    { ...whole, timestamp: 253_402_300_799_000 },
  ]
}
