import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { incidentIo } from '../../src/formats/incident-io.ts'
import { conform } from './conform.ts'
import { bodies, text, within } from './demands.ts'

const config = { token: 'a-token-of-the-source' }
const url = 'https://api.incident.io/v2/alert_events/http/01ABC'
const event = z.strictObject({
  title: text(200),
  status: z.enum(['firing', 'resolved']),
  deduplication_key: text(255),
  description: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  source_url: z.url().optional(),
})

describe('incident-io', () => {
  conform(incidentIo, { config, url, demands: within(512_000, bodies(event)) })
})

test('what is over has the title and the key of what it ends', async () => {
  const firing = formatEvent()
  const resolved = { ...firing, alert: { ...firing.alert, state: 'resolved' as const } }
  const [opened, closed] = await Promise.all(
    [firing, resolved].map((it) => composeRequest(incidentIo, [it], { config, url })),
  )
  expect(opened?.headers.Authorization).toBe(`Bearer ${config.token}`)
  const [first, last] = [opened, closed].map((it) => event.parse(JSON.parse(it?.body ?? '')))
  expect(last).toMatchObject({ title: first?.title, deduplication_key: first?.deduplication_key })
  expect([first?.status, last?.status]).toEqual(['firing', 'resolved'])
})

test('its own URLs are known', () => {
  expect(incidentIo.suggests?.(new URL(url))).toBe(true)
})
