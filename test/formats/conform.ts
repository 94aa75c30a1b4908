import fc from 'fast-check'
import type { Format, FormatEvent } from 'tocsin/plugin'
import { type CheckFormatOptions, checkFormat, formatEvent } from 'tocsin/testing'
import { it } from 'vitest'
import type { z } from 'zod'
import { severities, tiers } from '../../src/plugin/event.ts'
import { anyText } from '../support/any-text.ts'

/** Any text, and what is as long as receivers' limits are or longer, of characters of several parts. */
const said = fc.oneof(
  anyText({ maxLength: 200 }),
  fc
    .tuple(
      fc.constantFrom(
        'x',
        '🚨',
        '👩‍👧‍👦',
        '👍🏽',
        '🇩🇪',
        'é̂',
        '\\',
        '"',
        '&<>',
        '*_`',
        '\u202eא',
        '\n',
        ' ',
      ),
      fc.integer({ min: 1, max: 5000 }),
      anyText({ maxLength: 20 }),
    )
    .map(([unit, count, text]) => text + unit.repeat(count) + text),
)

/** An event that says anything, wherever somebody may say something. */
const anyEvent: fc.Arbitrary<FormatEvent> = fc
  .record({
    data: fc.record(
      {
        message: said,
        username: said,
        value: fc.double(),
        more: fc.dictionary(said, fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
    summary: said,
    subject: said,
    severity: fc.constantFrom(...severities),
    tier: fc.constantFrom(...tiers),
    timestamp: fc.nat({ max: 253_402_300_799_000 }),
    instance: fc.record({
      name: said,
      host: anyText({ maxLength: 255 }),
      port: fc.nat({ max: 65_535 }),
      labels: fc.dictionary(said, said, { maxKeys: 3 }),
    }),
    isOver: fc.boolean(),
    hasThreshold: fc.boolean(),
  })
  .map(({ isOver, hasThreshold, ...changes }) => {
    const { alert, threshold } = formatEvent()
    return formatEvent({
      ...changes,
      // As stored: what JSON cannot say is not there.
      data: JSON.parse(JSON.stringify(changes.data)),
      alert: { ...alert, state: isOver ? 'resolved' : 'firing' },
      threshold: hasThreshold ? threshold : undefined,
    })
  })

/**
 * The conformance suite, with its own events and with any. A failure names the event as it is: to find a
 * shorter one takes longer than a test may.
 */
export function conform<Config extends z.ZodObject>(
  format: Format<Config>,
  options: CheckFormatOptions<z.input<Config>> = {},
): void {
  for (const { name, run } of checkFormat(format, options)) it(name, run)
  it('does all that whatever events say', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 2 }), async (events) => {
        for (const { run } of checkFormat(format, { ...options, events })) await run()
      }),
      { numRuns: 10, endOnFailure: true },
    ))
}
