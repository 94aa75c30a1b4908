import { z } from '@hono/zod-openapi'

const schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
  items: z.looseObject({}).optional(),
  example: z.unknown().optional(),
})
const body = z.looseObject({
  $ref: z.string().optional(),
  description: z.string().optional(),
  content: z.record(z.string(), z.looseObject({ schema: schema.optional() })).optional(),
})
const parameter = z.looseObject({
  $ref: z.string().optional(),
  name: z.string().optional(),
  in: z.string().optional(),
  required: z.boolean().optional(),
  description: z.string().optional(),
})
const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string().default(''),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  parameters: z.array(parameter).default([]),
  requestBody: body.optional(),
  responses: z.record(z.string(), body).default({}),
  'x-required-scopes': z.array(z.string()).default([]),
})
const operations = z.record(z.string(), z.record(z.string(), operation))

/** What the reference reads of the document. */
export const descriptionSchema = z.looseObject({
  info: z.looseObject({ title: z.string(), version: z.string(), description: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: operations,
  webhooks: operations,
  components: z.looseObject({
    schemas: z.record(z.string(), schema),
    responses: z.record(z.string(), body),
    parameters: z.record(z.string(), parameter).default({}),
  }),
})
export type Description = z.output<typeof descriptionSchema>
export type Operation = z.output<typeof operation>
export type Schema = z.output<typeof schema>
export type Body = z.output<typeof body>
export type Parameter = z.output<typeof parameter>
