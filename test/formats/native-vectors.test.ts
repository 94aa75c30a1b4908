import type { Format, FormatEvent } from 'tocsin/plugin'
import { composeRequest, formatEvent } from 'tocsin/testing'
import { expect, test } from 'vitest'
import { builtInFormats } from '../../src/formats/index.ts'
import vectors from '../fixtures/native-vectors.json' with { type: 'json' }

/** The event of the vectors: its alert and its page go by their names there. */
const { threshold, alert, ...usual } = formatEvent()
const links = { event: 'https://tocsin.example.com/events/550e8400' }
const firing: FormatEvent = {
  ...usual,
  type: 'memory.critical',
  instance: { name: 'valkey.example.com:6379', host: 'valkey.example.com', port: 6379, labels: {} },
  data: { metric: 'memory_used_percent', value: 92.5, threshold: 90 },
  threshold: threshold && { key: threshold.key, limit: 90, value: 92.5, direction: 'above' },
  alert: {
    ...alert,
    type: 'memory.critical',
    key: vectors.pagerduty.bodies.trigger.dedup_key,
  },
  links,
}
const resolved: FormatEvent = {
  ...firing,
  type: 'alert.resolved',
  severity: 'info',
  message: 'Memory recovered',
  timestamp: firing.timestamp + 600_000,
  threshold: undefined,
  alert: { ...firing.alert, state: 'resolved' },
}

async function send(
  name: string,
  { url = '', event = firing, config = {} }: { url?: string; event?: FormatEvent; config?: object },
) {
  const format = builtInFormats.find((it) => it.name === name) as Format
  const request = await composeRequest(format, [event], { url, config: { ...config } })
  const { url: at, body, headers } = request
  const { Authorization: authorization, 'Content-Type': contentType } = headers
  return {
    url: at,
    headers: { 'content-type': contentType, ...(authorization && { authorization }) },
    text: body,
    get body() {
      return JSON.parse(body)
    },
  }
}

test('slack: its texts, fields and context, the fields beside the colour of the severity', async () => {
  const { url, headers, body } = vectors.slack
  const sent = await send('slack', { url })
  expect(sent).toMatchObject({ url, headers, body: { text: body.text } })
  const [header, , fields, context] = body.blocks
  const blocks = [...sent.body.blocks, ...sent.body.attachments[0].blocks]
  expect(blocks).toEqual(expect.arrayContaining([fields, context]))
  expect(header).toMatchObject(blocks[0])
})

test('discord', async () => {
  const { url, headers, body } = vectors.discord
  const [embed] = body.embeds
  const sent = await send('discord', { url: url.replace('?wait=true', '') })
  const fields = expect.arrayContaining(embed?.fields ?? [])
  const embeds = [{ ...embed, color: expect.any(Number), fields }]
  expect(sent).toMatchObject({ url, headers, body: { ...body, embeds } })
})

test('teams', async () => {
  const { url, headers, body } = vectors.teams
  const sent = await send('teams', { url })
  expect(sent).toMatchObject({ url, headers })
  const [attachment] = body.attachments
  const [ours] = sent.body.attachments
  const [heading, message, facts] = attachment?.content.body ?? []
  const [, , ourFacts] = ours.content.body
  expect(ourFacts.facts).toEqual(expect.arrayContaining(facts?.facts ?? []))
  expect(ours).toMatchObject({
    ...attachment,
    content: {
      ...attachment?.content,
      body: [heading, message, { type: 'FactSet' }],
      actions: [{ type: 'Action.OpenUrl', title: 'Open in Tocsin', url: links.event }],
    },
  })
})

test('pagerduty', async () => {
  const { url, headers, bodies } = vectors.pagerduty
  const config = { routingKey: bodies.trigger.routing_key }
  const { payload, ...trigger } = bodies.trigger
  // The place is part of what is read aloud; the group is what people call the instance.
  const summary = `${payload.summary} (valkey.example.com:6379)`
  expect(await send('pagerduty', { url, config })).toMatchObject({
    url,
    headers,
    body: { ...trigger, payload: { ...payload, summary, group: firing.instance?.name } },
  })
  expect((await send('pagerduty', { url, config, event: resolved })).body).toEqual(bodies.resolve)
})

test('telegram', async () => {
  const { url, headers, body } = vectors.telegram
  const config = { chatId: body.chat_id }
  const sent = await send('telegram', { url, config, event: { ...firing, links: {} } })
  expect(sent).toMatchObject({ url, headers })
  expect(sent.body).toEqual(body)
})

test('sendgrid: the subject and the texts begin as there, and say more', async () => {
  const { url, headers, body } = vectors.sendgrid
  const [{ to }] = body.personalizations as [{ to: { email: string }[] }]
  const config = { apiKey: 'SG.xxx', from: body.from.email, to: to.map(({ email }) => email) }
  const sent = await send('sendgrid', { url, config })
  const { content, subject, ...rest } = body
  expect(sent).toMatchObject({ url, headers, body: rest })
  expect(sent.body.subject).toContain(subject)
  expect(sent.body.content).toMatchObject(
    content.map(({ type, value }) => ({ type, value: expect.stringContaining(value) })),
  )
})

test('twilio: fields and encoding as there, the words those of every short message', async () => {
  const { url, headers, form, encoded } = vectors.twilio
  const config = { accountSid: `AC${'0'.repeat(32)}`, authToken: 't', to: form.To, from: form.From }
  const sent = await send('twilio', { url, config, event: { ...firing, links: {} } })
  const authorization = `Basic ${btoa(`${config.accountSid}:t`)}`
  expect(sent).toMatchObject({ url, headers: { ...headers, authorization } })
  const begin = '[CRITICAL] memory.critical on valkey.example.com:6379: '
  expect(sent.text).toBe(
    new URLSearchParams({ ...form, Body: `${begin}${firing.message}` }).toString(),
  )
  expect(new URLSearchParams(form).toString()).toBe(encoded)
})

test('alertmanager: it counts five minutes itself from when it is told, however late', async () => {
  const { url, headers, firing: alerts, resolved: ended } = vectors.alertmanager
  const sent = await send('alertmanager', { url })
  const first = alerts.map(({ endsAt: _, ...alert }) => alert)
  expect(sent).toMatchObject({ url, headers, body: first })
  expect((await send('alertmanager', { url, event: resolved })).body).toMatchObject(ended)
})

test('ntfy', async () => {
  const { url, headers, body } = vectors.ntfy
  const sent = await send('ntfy', { url, config: { topic: body.topic, token: 'tk_xxx' } })
  expect(sent).toMatchObject({ url, headers })
  expect(sent.body).toEqual(body)
})

test('jsm and opsgenie', async () => {
  const { create, close } = vectors.jsm_opsgenie
  const config = { apiKey: '<api key>' }
  const unlinked = { ...firing, links: {} }
  const message = `${firing.message} (valkey.example.com:6379)`
  expect(await send('jsm', { url: create.url, config, event: unlinked })).toMatchObject({
    url: create.url,
    headers: create.headers,
    body: { ...create.body, message },
  })
  const closing = await send('opsgenie', { url: create.legacyUrl, config, event: resolved })
  expect(closing).toMatchObject({ url: close.legacyUrl, body: close.body })
})

test.each(['firing', 'resolved'] as const)(
  'grafana-irm: %s, the place in its title',
  async (state) => {
    const { url, [state]: body } = vectors.grafana_formatted_webhook
    const event = state === 'firing' ? firing : resolved
    const sent = await send('grafana-irm', { url: url.replace('<stack>', 'stack'), event })
    expect(sent.body).toMatchObject({ ...body, title: `${body.title} on valkey.example.com:6379` })
  },
)

test.each(['firing', 'resolved'] as const)('incident-io: %s', async (state) => {
  const { url, headers, [state]: body } = vectors.incident_io
  const event = state === 'firing' ? firing : resolved
  const sent = await send('incident-io', { url, config: { token: '<source token>' }, event })
  expect(sent).toMatchObject({ headers, body })
})

test('rootly', async () => {
  const { url, headers, body } = vectors.rootly
  const { attributes } = body.data
  const sent = await send('rootly', { url, config: { token: '<token>' } })
  const labels = expect.arrayContaining(attributes.labels)
  expect(sent).toMatchObject({
    url,
    headers,
    body: { data: { ...body.data, attributes: { ...attributes, labels } } },
  })
})
