import { z } from '@hono/zod-openapi'

export const healthSchema = z
  .object({ status: z.literal('ok') })
  .openapi('Health', { example: { status: 'ok' } })

export const readinessSchema = z
  .object({
    ready: z.boolean().describe('Whether it can do its work.'),
    checks: z
      .record(z.string(), z.string())
      .describe('By what was checked: `ok`, or what is wrong with it.'),
  })
  .openapi('Readiness', { example: { ready: true, checks: { database: 'ok' } } })

export const indexSchema = z
  .object({
    name: z.literal('Tocsin'),
    version: z.string().describe('The version that answers.'),
    links: z.record(z.string(), z.string()).describe('Paths, by what is there.'),
  })
  .openapi('Index', {
    example: { name: 'Tocsin', version: '0.1.0', links: { webhooks: '/api/webhooks' } },
  })
