import { z } from '@hono/zod-openapi'
import { answer, openly } from '../answers.ts'
import type { Api } from '../context.ts'
import { createDocument } from '../document/document.ts'
import type { Service } from '../service.ts'

const documentSchema = z
  .looseObject({
    openapi: z
      .string()
      .regex(/^3\.1\.\d+$/)
      .describe('The version of OpenAPI it is written in.'),
    info: z
      .looseObject({ version: z.string().describe('The version of the service.') })
      .describe('What it describes.'),
  })
  .openapi('Document', {
    description: 'An OpenAPI document.',
    example: { openapi: '3.1.1', info: { title: 'Tocsin', version: '0.1.0' } },
  })

/** The OpenAPI document: generated at the first request for it, then kept as text. */
export function documentRoutes(api: Api, service: Service): void {
  let text: string | undefined

  api.openAPIRegistry.registerPath({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getDocument',
    tags: ['Service'],
    security: [],
    summary: 'Describe this API and the webhooks it sends: OpenAPI 3.1',
    description: 'This document. It has an entry in `webhooks` for every event type.',
    responses: { 200: answer('The document.', documentSchema), ...openly },
  })
  api.get('/openapi.json', (context) => {
    text ??= JSON.stringify(createDocument(api, service))
    return context.body(text, 200, { 'Content-Type': 'application/json' })
  })
}
