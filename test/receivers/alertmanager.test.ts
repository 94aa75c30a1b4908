import { composeRequest, formatEvent } from 'tocsin/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { alertmanager } from '../../src/formats/alertmanager.ts'
import { awkwardEvents } from '../../src/testing/awkward-events.ts'
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts'

let server: Alertmanager

beforeAll(async () => {
  server = await startAlertmanager()
})
afterAll(() => server?.stop())

const listed = z.array(
  z.looseObject({
    labels: z.record(z.string(), z.string()),
    startsAt: z.string(),
    endsAt: z.string(),
    updatedAt: z.string(),
  }),
)

async function send(...events: [ReturnType<typeof formatEvent>, ...never[]]): Promise<Response> {
  const url = `${server.url}/api/v2/alerts`
  const { headers, body } = await composeRequest(alertmanager, events, { url })
  return fetch(url, { method: 'POST', headers, body })
}

/** What stands, of one kind. */
async function standing(name: string) {
  const filter = encodeURIComponent(`alertname="${name}"`)
  const answer = await fetch(`${server.url}/api/v2/alerts?filter=${filter}`)
  return listed.parse(await answer.json())
}

const now = Date.now()
const usual = formatEvent()
const crossing = formatEvent({ timestamp: now, alert: { ...usual.alert, since: now } })

test('an alert stands until its end is told, and is held again each time it is told', async () => {
  expect((await send(crossing)).status).toBe(200)
  const [first] = await standing('MemoryHigh')
  expect(first).toMatchObject({ labels: { instance: 'valkey.example.com:6379' } })
  expect((await send(crossing)).status).toBe(200)
  const again = await standing('MemoryHigh')
  expect(again).toHaveLength(1)
  expect(Date.parse(again[0]?.endsAt ?? '')).toBeGreaterThan(Date.parse(first?.endsAt ?? ''))
  const over = await send(
    formatEvent({
      type: 'alert.resolved',
      timestamp: now + 1,
      threshold: undefined,
      alert: { ...crossing.alert, state: 'resolved' },
    }),
  )
  expect(over.status).toBe(200)
  expect(await standing('MemoryHigh')).toEqual([])
})

test('what nobody tells again stands for a day', async () => {
  const alert = { ...crossing.alert, type: 'instance.down' }
  const down = formatEvent({ type: 'instance.down', timestamp: now, alert, threshold: undefined })
  expect((await send(down)).status).toBe(200)
  const [found] = await standing('InstanceDown')
  expect(Date.parse(found?.endsAt ?? '') - now).toBe(86_400_000)
})

test('it takes whatever an event may hold', async () => {
  for (const event of awkwardEvents()) {
    const answer = await send(event)
    expect([answer.status, await answer.text(), event.message.slice(0, 40)]).toEqual([
      200,
      '',
      event.message.slice(0, 40),
    ])
  }
})
