import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { alertmanager } from '../../src/formats/alertmanager.ts'
import { conform } from './conform.ts'
import { bodies, time } from './demands.ts'

const url = 'http://alertmanager.example.com:9093/api/v2/alerts'
const alert = z
  .strictObject({
    labels: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()),
    annotations: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()),
    startsAt: time,
    endsAt: time.optional(),
    generatorURL: z.url().optional(),
  })
  .refine(({ startsAt, endsAt = startsAt }) => Date.parse(endsAt) >= Date.parse(startsAt))
const alerts = z.array(alert).min(1)

async function send(changes: Parameters<typeof formatEvent>[0] = {}) {
  const { body } = await composeRequest(alertmanager, [formatEvent(changes)], { url })
  const [sent] = alerts.parse(JSON.parse(body))
  if (sent === undefined) throw new Error('It sends no alert.')
  return sent
}

describe('alertmanager', () => {
  conform(alertmanager, { url, demands: bodies(alerts) })
})

test('an alert has the same labels whatever its value, and when it is over', async () => {
  const { alert } = formatEvent()
  const firing = await send()
  const higher = await send({ data: { message: 'more' }, timestamp: 1706457660000 })
  const over = await send({
    type: 'alert.resolved',
    severity: 'info',
    timestamp: 1706458200000,
    alert: { ...alert, state: 'resolved' },
    threshold: undefined,
  })
  expect(higher.labels).toEqual(firing.labels)
  expect(over.labels).toEqual(firing.labels)
  expect(firing.labels).toMatchObject({
    alertname: 'MemoryHigh',
    instance: 'valkey.example.com:6379',
    severity: 'critical',
    team: 'platform',
  })
  expect(firing.endsAt).toBeUndefined()
  expect(over).toMatchObject({
    startsAt: new Date(alert.since).toISOString(),
    endsAt: '2024-01-28T16:10:00.000Z',
  })
})

test('what is about different subjects is not one alert', async () => {
  const [one, other] = await Promise.all([send({ subject: 'anna' }), send({ subject: 'bert' })])
  expect(one.labels).not.toEqual(other.labels)
})

test('labels of the webhook are added, under names that Alertmanager takes', async () => {
  const config = { labels: { team: 'storage' } }
  const { body } = await composeRequest(alertmanager, undefined, { url, config })
  expect(alerts.parse(JSON.parse(body))[0]?.labels.team).toBe('storage')
  expect(alertmanager.config?.safeParse({ labels: { 'a.b': 'c' } }).success).toBe(false)
})
