import { cut, defineFormat } from 'tocsin/plugin'
import { z } from 'zod'
import { refusal } from './refusal.ts'
import { jsonAnswer, linkOf, placeOf, titleOf, units } from './wording.ts'

/** Messages of a bot (core.telegram.org/bots/api, `sendMessage`; FORMATS 4.9). */
export const telegram = defineFormat({
  name: 'telegram',
  title: 'Telegram',
  summary: 'Messages of a Telegram bot; url: https://api.telegram.org/bot<TOKEN>/sendMessage',
  config: z.strictObject({
    chatId: z
      .union([z.int(), z.string().regex(/^(?:@[A-Za-z]\w{3,}|-?\d+)$/)])
      .describe('A chat, `-1001234567890`, or a channel, `@name`.'),
    threadId: z.int().min(1).optional().describe('A topic of a group that has topics.'),
    silent: z.boolean().default(false).describe('Whether it arrives without a sound.'),
  }),
  secretUrl: true,
  suggests: ({ hostname }) => hostname === 'api.telegram.org',
  render([event], { config }) {
    const link = linkOf(event)
    const lines = [
      `<b>${escaped(titleOf(event), 300)}</b>`,
      escaped(placeOf(event), 300),
      escaped(event.message, 3000),
      ...(link === undefined ? [] : [`<a href="${escaped(link, 2000)}">Open in Tocsin</a>`]),
    ]
    return {
      body: JSON.stringify({
        chat_id: config.chatId,
        text: lines.join('\n'),
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
        disable_notification: config.silent,
        ...(config.threadId !== undefined && { message_thread_id: config.threadId }),
      }),
    }
  },
  // A bot's own page is as good a beginning as the method.
  target: (url) => (/\/bot[^/]+\/?$/.test(url) ? `${url.replace(/\/$/, '')}/sendMessage` : url),
  judge({ status, body }) {
    const { description, parameters } = jsonAnswer(body) ?? {}
    const { retry_after: seconds, migrate_to_chat_id: chat } = z
      .object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() })
      .catch({})
      .parse(parameters)
    const said = `Telegram says ${JSON.stringify(description ?? status)}.`
    if (chat !== undefined)
      return { verdict: 'rejected', reason: `${said} Set formatConfig.chatId to ${chat}.` }
    if (status === 429 && seconds !== undefined)
      return { verdict: 'retry', reason: said, retryAfterMs: seconds * 1000 }
    return refusal(
      { title: 'Telegram', check: 'the chat and the token in the url' },
      { status, body },
    )
  },
})

/** Telegram's HTML; limits count what is left when its entities are read. */
function escaped(said: string, most: number): string {
  return cut(said, most, units)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
