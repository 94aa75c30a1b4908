import { describe } from 'vitest'
import { z } from 'zod'
import { jsm, opsgenie } from '../../src/formats/opsgenie.ts'
import { conform } from './conform.ts'
import { bodies, text } from './demands.ts'

const config = { apiKey: 'a-key-of-an-integration' }
const url = 'https://api.atlassian.com/jsm/ops/integration/v2/alerts'
const alert = z.union([
  z.strictObject({ source: text(100), note: z.string().max(25_000) }),
  z.strictObject({
    message: text(130),
    alias: text(512),
    description: z.string().max(15_000),
    tags: z.array(text(50)).max(20),
    details: z
      .record(z.string(), z.string())
      .refine((details) => JSON.stringify(Object.entries(details).flat().join('')).length <= 16_002)
      .refine((details) => Object.entries(details).flat().join('').length <= 8000),
    entity: text(512),
    source: text(100),
    priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
  }),
])

for (const format of [jsm, opsgenie])
  describe(format.name, () => {
    conform(format, { config, url, demands: bodies(alert) })
  })
