import { z } from '@hono/zod-openapi'

export const healthSchema = z
  .object({ status: z.literal('ok').describe('It lives.') })
  .openapi('Health', { description: 'The process lives.', example: { status: 'ok' } })

export const readinessSchema = z
  .object({
    ready: z.boolean().describe('Whether it can do its work.'),
    checks: z
      .record(z.string(), z.string())
      .describe('By what was checked: `ok`, or what is wrong with it.'),
  })
  .openapi('Readiness', {
    description: 'Whether the service can do its work, and what was checked.',
    example: { ready: true, checks: { database: 'ok' } },
  })

export const indexSchema = z
  .object({
    name: z.literal('Tocsin').describe('The name of the service.'),
    version: z.string().describe('The version that answers.'),
    links: z.record(z.string(), z.string()).describe('Paths, by what is there.'),
  })
  .openapi('Index', {
    description: 'Where to begin.',
    example: { name: 'Tocsin', version: '0.1.0', links: { webhooks: '/api/webhooks' } },
  })
