import { cut, defineFormat } from 'tocsin/plugin'
import { colourOf, factsOf, isoTime, jsonAnswer, linkOf, titleOf, units } from './wording.ts'

/**
 * Webhooks of Discord (discord.com/developers, "Execute Webhook"; FORMATS 4.2): one embed, whose
 * texts together stay under 6000 characters. `?wait=true` makes Discord say what it has not saved.
 */
export const discord = defineFormat({
  name: 'discord',
  title: 'Discord',
  summary: 'Webhooks of Discord channels.',
  secretUrl: true,
  suggests: ({ hostname, pathname }) =>
    /^(?:(?:ptb|canary)\.)?discord(?:app)?\.com$/.test(hostname) &&
    /^\/api\/(?:v\d+\/)?webhooks\//.test(pathname),
  render: ([event]) => {
    const link = linkOf(event)
    return {
      body: JSON.stringify({
        username: 'Tocsin',
        // Whatever stands in a message, nobody is called by it.
        allowed_mentions: { parse: [] },
        embeds: [
          {
            title: plain(titleOf(event), 200),
            description: plain(event.message, 3000),
            color: Number.parseInt(colourOf(event).slice(1), 16),
            timestamp: isoTime(event.timestamp),
            ...(link !== undefined && { url: link }),
            fields: factsOf(event).map(({ name, value }) => ({
              name,
              value: plain(value, 400),
              inline: true,
            })),
            footer: { text: cut(event.id, 100, units) },
          },
        ],
      }),
    }
  },
  target(url) {
    const target = new URL(url)
    target.searchParams.set('wait', 'true')
    return target.href
  },
  judge({ status, body }) {
    const { code, message, retry_after: seconds } = jsonAnswer(body) ?? {}
    const said = `Discord says ${JSON.stringify(message ?? status)} (${code ?? status}).`
    if (status === 429 && typeof seconds === 'number')
      return { verdict: 'retry', reason: said, retryAfterMs: Math.ceil(seconds * 1000) }
    // Unknown webhook, invalid token: asking on leads to a ban of the address.
    if (status === 404 || status === 401)
      return { verdict: 'gone', reason: `${said} The channel's webhook is gone: make a new one.` }
    if (status === 400 || status === 403) return { verdict: 'rejected', reason: said }
    return undefined
  },
})

/** Without the meaning that Discord's Markdown gives to some characters; never empty. */
function plain(said: string, most: number): string {
  // Some mean something only where a line begins.
  const escaping = (text: string) => text.replaceAll(/[\\`*_~|[\]<@]|(?<=^[^\S\n]*)[>#-]/gm, '\\$&')
  return escaping(cut(said.trim() === '' ? '-' : said, most, (text) => escaping(text).length))
}
