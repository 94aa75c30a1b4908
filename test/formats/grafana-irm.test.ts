import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { grafanaIrm } from '../../src/formats/grafana-irm.ts'
import { conform } from './conform.ts'
import { bodies, text } from './demands.ts'

const url = 'https://oncall.example.com/integrations/v1/formatted_webhook/token/'
const alert = z.strictObject({
  alert_uid: text(255),
  title: text(200),
  state: z.enum(['alerting', 'ok']),
  message: z.string(),
  link_to_upstream_details: z.url().optional(),
})

describe('grafana-irm', () => {
  conform(grafanaIrm, { url, demands: bodies(alert) })
})

test('what is over is ok, under the name of what it ends', async () => {
  const firing = formatEvent()
  const resolved = { ...firing, alert: { ...firing.alert, state: 'resolved' as const } }
  const [first, last] = await Promise.all(
    [firing, resolved].map(async (it) =>
      alert.parse(JSON.parse((await composeRequest(grafanaIrm, [it], { url })).body)),
    ),
  )
  expect([first?.state, last?.state]).toEqual(['alerting', 'ok'])
  expect(last?.alert_uid).toBe(first?.alert_uid)
  expect(grafanaIrm.suggests?.(new URL(url))).toBe(true)
})
