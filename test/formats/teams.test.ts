import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { teams } from '../../src/formats/teams.ts'
import { conform } from './conform.ts'
import { bodies, within } from './demands.ts'

const url =
  'https://prod-00.westeurope.logic.azure.com/workflows/ID/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=SIG'
const block = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('TextBlock'),
    text: z.string(),
    wrap: z.literal(true),
    weight: z.literal('Bolder').optional(),
    size: z.literal('Medium').optional(),
    style: z.literal('heading').optional(),
    color: z
      .enum(['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'])
      .optional(),
  }),
  z.strictObject({
    type: z.literal('FactSet'),
    facts: z.array(z.strictObject({ title: z.string().min(1), value: z.string() })).min(1),
  }),
])
const message = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: z.strictObject({
        $schema: z.url(),
        type: z.literal('AdaptiveCard'),
        version: z.literal('1.4'),
        body: z.array(block).min(1),
        actions: z
          .array(
            z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() }),
          )
          .optional(),
        msteams: z.strictObject({ width: z.literal('Full') }),
      }),
    }),
  ]),
})
const demands = within(20_000, bodies(message))

describe('teams', () => {
  conform(teams, { url, demands })
})

test('the URL is used as it stands: its query is the secret', async () => {
  expect((await composeRequest(teams, undefined, { url })).url).toBe(url)
  expect(teams.secretUrl).toBe(true)
})

test('what is written like a link in a name is none', async () => {
  const { body } = await composeRequest(teams, [
    formatEvent({ data: { message: '[log in](https://evil.example)' } }),
  ])
  expect(body).toContain(JSON.stringify('\\[log in\\](https://evil.example)').slice(1, -1))
})
