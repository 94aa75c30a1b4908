import { z } from '@hono/zod-openapi'
import { answer } from '../answers.ts'
import type { Api } from '../context.ts'
import { createDocument } from '../document.ts'
import type { Service } from '../service.ts'

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
    responses: { 200: answer('The document.', z.record(z.string(), z.unknown())) },
  })
  api.get('/openapi.json', (context) => {
    text ??= JSON.stringify(createDocument(api, service))
    return context.body(text, 200, { 'Content-Type': 'application/json' })
  })
}
