import { describe } from 'vitest'
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
