import { cut, defineFormat, type FormatEvent, type Severity } from 'tocsin/plugin'
import { z } from 'zod'
import { refusal } from './refusal.ts'
import { jsonBytes, linkOf, placeOf, titleOf } from './wording.ts'

/**
 * Messages of ntfy, "Publish as JSON" (docs.ntfy.sh; FORMATS 4.13), sent to the server's root. One of
 * more than 4096 bytes would become an attachment.
 */
export const ntfy = defineFormat({
  name: 'ntfy',
  title: 'ntfy',
  summary: 'Notifications of an ntfy server; url: https://ntfy.sh/',
  config: z.strictObject({
    topic: z
      .string()
      .regex(/^[-_A-Za-z0-9]{1,64}$/, 'It must be letters, digits, - and _, at most 64')
      .describe('The topic to publish to.'),
    token: z.string().min(1).max(200).optional().describe('An access token.'),
  }),
  secrets: ['token'],
  suggests: ({ hostname }) => hostname === 'ntfy.sh',
  render([event], { config }) {
    const link = linkOf(event)
    return {
      body: JSON.stringify({
        topic: config.topic,
        title: cut(titleOf(event), 200, jsonBytes),
        message: cut(`${placeOf(event)}: ${event.message}`, 4000, jsonBytes),
        priority: priorityOf(event),
        tags: [tagOf(event), cut(event.alert.type.replaceAll('.', '_'), 50)],
        ...(link !== undefined && { click: link }),
      }),
    }
  },
  target: (url) => new URL('/', url).href,
  authorization: ({ token }) => (token === undefined ? undefined : { type: 'Bearer', token }),
  judge: (answer) => refusal({ title: 'ntfy', check: 'formatConfig.token' }, answer),
})

const priorities: Readonly<Record<Severity, number>> = {
  critical: 5,
  error: 4,
  warning: 3,
  info: 2,
}
const tags: Readonly<Record<Severity, string>> = {
  critical: 'rotating_light',
  error: 'x',
  warning: 'warning',
  info: 'information_source',
}

function priorityOf({ alert, severity }: FormatEvent): number {
  return alert.state === 'resolved' ? 3 : priorities[severity]
}

function tagOf({ alert, severity }: FormatEvent): string {
  return alert.state === 'resolved' ? 'white_check_mark' : tags[severity]
}
