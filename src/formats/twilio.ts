import { cut, defineFormat } from 'tocsin/plugin'
import { z } from 'zod'
import { refusal } from './refusal.ts'
import { lineOf, linkOf, units } from './wording.ts'

const number = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'It must be a number like +15558675310 (E.164)')
  .meta({ example: '+15558675310' })

/** Text messages of Twilio (twilio.com/docs, "Messages resource"; FORMATS 4.11). */
export const twilio = defineFormat({
  name: 'twilio',
  title: 'Twilio',
  summary:
    'Text messages of Twilio; url: https://api.twilio.com/2010-04-01/Accounts/<AccountSid>/Messages.json',
  config: z
    .strictObject({
      accountSid: z
        .string()
        .regex(/^AC[0-9a-f]{32}$/i)
        .describe('The account, `AC...`.')
        .meta({ example: `AC${'0'.repeat(32)}` }),
      authToken: z.string().min(1).max(200).describe("The account's token."),
      to: number.describe('Who gets it.'),
      from: number.optional().describe('A number of the account.'),
      messagingServiceSid: z
        .string()
        .regex(/^MG[0-9a-f]{32}$/i)
        .optional()
        .describe('A messaging service, in place of `from`.'),
    })
    .refine(
      ({ from, messagingServiceSid }) =>
        (from === undefined) !== (messagingServiceSid === undefined),
      {
        message: 'Give either from or messagingServiceSid',
        path: ['from'],
      },
    ),
  secrets: ['authToken'],
  suggests: ({ hostname }) => hostname === 'api.twilio.com',
  render([event], { config: { to, from, messagingServiceSid } }) {
    const link = linkOf(event)
    const form = new URLSearchParams({ To: to })
    if (from !== undefined) form.set('From', from)
    if (messagingServiceSid !== undefined) form.set('MessagingServiceSid', messagingServiceSid)
    const room = link === undefined || link.length > 500 ? 0 : link.length + 1
    const text = cut(lineOf(event), 1600 - room, units)
    form.set('Body', room === 0 ? text : `${text}\n${link}`)
    return { body: form.toString(), contentType: 'application/x-www-form-urlencoded' }
  },
  authorization: ({ accountSid, authToken }) => ({
    type: 'Basic',
    username: accountSid,
    password: authToken,
  }),
  judge: (answer) =>
    refusal({ title: 'Twilio', check: 'formatConfig.accountSid and authToken' }, answer),
})
