import { cut, defineFormat, type FormatEvent } from 'tocsin/plugin'
import { z } from 'zod'
import { refusal } from './refusal.ts'
import { factsOf, isoTime, lineOf, linkOf, titleOf, units } from './wording.ts'

/** Mail through SendGrid (docs.sendgrid.com, "Mail Send", v3; FORMATS 4.10). */
export const sendgrid = defineFormat({
  name: 'sendgrid',
  title: 'SendGrid',
  summary: 'Mail through SendGrid; url: https://api.sendgrid.com/v3/mail/send',
  config: z.strictObject({
    apiKey: z.string().min(1).max(200).describe('A key that may send mail.'),
    from: z.email().describe('A verified sender.'),
    to: z.array(z.email()).min(1).max(50).describe('Who gets it.'),
  }),
  secrets: ['apiKey'],
  suggests: ({ hostname }) => /^api(?:\.eu)?\.sendgrid\.com$/.test(hostname),
  render: ([event], { config }) => ({
    body: JSON.stringify({
      personalizations: [{ to: [...new Set(config.to)].map((email) => ({ email })) }],
      from: { email: config.from, name: 'Tocsin' },
      // A line break would end the header.
      subject: cut(lineOf(event).replaceAll(/\s+/g, ' '), 200, units),
      content: [
        { type: 'text/plain', value: plainOf(event) },
        { type: 'text/html', value: htmlOf(event) },
      ],
      custom_args: { tocsin_event_id: event.id, tocsin_delivery_id: event.deliveryId },
    }),
  }),
  authorization: ({ apiKey }) => ({ type: 'Bearer', token: apiKey }),
  judge: (answer) => refusal({ title: 'SendGrid', check: 'formatConfig.apiKey' }, answer),
})

function linesOf(event: FormatEvent): readonly string[] {
  const facts = factsOf(event).map(({ name, value }) => `${name}: ${value}`)
  return [...facts, `Time: ${isoTime(event.timestamp)}`, `Event: ${event.id}`]
}

function plainOf(event: FormatEvent): string {
  const link = linkOf(event)
  return [
    cut(event.message, 10_000, units),
    '',
    ...linesOf(event),
    ...(link ? ['', link] : []),
  ].join('\n')
}

function htmlOf(event: FormatEvent): string {
  const link = linkOf(event)
  const lines = linesOf(event).map((line) => `<li>${escaped(line)}</li>`)
  return [
    `<h2>${escaped(titleOf(event))}</h2>`,
    `<p>${escaped(cut(event.message, 10_000, units))}</p>`,
    `<ul>${lines.join('')}</ul>`,
    ...(link === undefined ? [] : [`<p><a href="${escaped(link)}">Open in Tocsin</a></p>`]),
  ].join('')
}

function escaped(said: string): string {
  return said
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
