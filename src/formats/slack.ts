import { cut, defineFormat, type FormatEvent, instant } from 'tocsin/plugin'
import { colourOf, factsOf, lineOf, linkOf, titleOf, units } from './wording.ts'

/**
 * Incoming webhooks of Slack (docs.slack.dev, "Sending messages using incoming webhooks"; FORMATS
 * 4.1). Limits are those of Block Kit: a header takes 150 characters, a section 3000, a field 2000.
 */
export const slack = defineFormat({
  name: 'slack',
  title: 'Slack',
  summary: 'Incoming webhooks of Slack.',
  secretUrl: true,
  suggests: ({ hostname, pathname }) =>
    /^hooks\.slack(?:-gov)?\.com$/.test(hostname) && pathname.startsWith('/services/'),
  render: ([event]) => ({
    body: JSON.stringify({
      text: escaped(lineOf(event), 4000),
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: cut(titleOf(event), 150, units) } },
        section(escaped(event.message, 3000)),
      ],
      attachments: [{ color: colourOf(event), blocks: details(event) }],
    }),
  }),
  judge({ status, body }) {
    const said = body.trim().slice(0, 100)
    if (status === 200 && said !== 'ok')
      return { verdict: 'retry', reason: `Slack says ${JSON.stringify(said)} instead of ok.` }
    if (status === 400 || status === 403 || status === 404)
      return {
        verdict: 'rejected',
        reason: `Slack refuses it: ${said || status}. Check that the incoming webhook still exists.`,
      }
    return undefined
  },
})

function details(event: FormatEvent) {
  const seconds = Math.floor(event.timestamp / 1000)
  const time = `<!date^${seconds}^{date_num} {time_secs}|${instant(event.timestamp)}>`
  const link = linkOf(event)
  return [
    {
      type: 'section',
      fields: factsOf(event).map(({ name, value }) => text(`*${name}*\n${escaped(value, 500)}`)),
    },
    { type: 'context', elements: [text(`${time} · ${escaped(event.id, 100)}`)] },
    ...(link === undefined
      ? []
      : [{ type: 'section', text: text(`<${escaped(link, 2500)}|Open in Tocsin>`) }]),
  ]
}

function section(said: string) {
  return { type: 'section', text: text(said) }
}

function text(said: string) {
  return { type: 'mrkdwn', text: said }
}

/** Slack's three control characters, written so that they are read as themselves. */
function escaped(said: string, most: number): string {
  const escaping = (character: string) => entities[character] ?? character
  const length = (part: string) => part.replaceAll(/[&<>]/g, escaping).length
  return cut(said === '' ? ' ' : said, most, length).replaceAll(/[&<>]/g, escaping)
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
