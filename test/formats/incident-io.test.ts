import { describe } from 'vitest'
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
