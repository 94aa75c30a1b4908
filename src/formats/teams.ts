import { cut, defineFormat, type FormatEvent } from 'tocsin/plugin'
import { refusal } from './refusal.ts'
import { factsOf, isoTime, jsonBytes, linkOf, titleOf } from './wording.ts'

/**
 * Workflows of Microsoft Teams, "When a Teams webhook request is received" (learn.microsoft.com,
 * "Create incoming webhooks with Workflows"; FORMATS 4.3): one Adaptive Card. A message takes 28 KB
 * after Teams has added to it; this one stays under 20 kB. The URL bears the secret in its query.
 */
export const teams = defineFormat({
  name: 'teams',
  title: 'Microsoft Teams',
  summary: 'Workflows of Microsoft Teams that post Adaptive Cards.',
  secretUrl: true,
  suggests: ({ hostname, pathname }) =>
    (/\.logic\.azure\.(?:com|us|cn)$/.test(hostname) && pathname.includes('/workflows/')) ||
    (/\.powerplatform\.com$/.test(hostname) && pathname.includes('/workflows/')) ||
    // The connectors that these took the place of.
    (/^(?:[\w-]+\.webhook\.office|outlook\.office(?:365)?)\.com$/.test(hostname) &&
      /^\/webhook(?:b2)?\//.test(pathname)),
  render: ([event]) => ({
    body: JSON.stringify({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: card(event),
        },
      ],
    }),
  }),
  judge: (answer) =>
    refusal({ title: 'Microsoft Teams', check: 'that the workflow still exists' }, answer),
})

function card(event: FormatEvent) {
  const link = linkOf(event)
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      {
        type: 'TextBlock',
        text: plain(titleOf(event), 400),
        weight: 'Bolder',
        size: 'Medium',
        wrap: true,
        style: 'heading',
        color: colourOf(event),
      },
      { type: 'TextBlock', text: plain(event.message, 6000), wrap: true },
      {
        type: 'FactSet',
        facts: [...factsOf(event), { name: 'Time', value: isoTime(event.timestamp) }].map(
          ({ name, value }) => ({ title: name, value: plain(value, 1000) }),
        ),
      },
    ],
    ...(link !== undefined && {
      actions: [{ type: 'Action.OpenUrl', title: 'Open in Tocsin', url: link }],
    }),
    msteams: { width: 'Full' },
  }
}

function colourOf({ severity, alert }: FormatEvent): string {
  if (alert.state === 'resolved') return 'Good'
  const colours = { critical: 'Attention', error: 'Attention', warning: 'Warning', info: 'Accent' }
  return colours[severity]
}

/** Without the meaning that Markdown gives to some characters: a name is no link. */
function plain(said: string, most: number): string {
  const escaping = (text: string) => text.replaceAll(/[\\*_[\]`]/g, '\\$&')
  return escaping(cut(said, most, (text) => jsonBytes(escaping(text))))
}
