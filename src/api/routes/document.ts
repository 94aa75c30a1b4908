import { z } from '@hono/zod-openapi'
import { sha256 } from '../../rules/digest.ts'
import { answer, openly } from '../answers.ts'
import type { Api } from '../context.ts'
import { createDocument } from '../document/document.ts'
import { ifNoneMatch, unchanged } from '../etag.ts'
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

const etag = z.object({ ETag: z.string().describe('Of this very text, for `If-None-Match`.') })

/** The OpenAPI document: generated at the first request for it, then kept as text. */
export function documentRoutes(api: Api, service: Service): void {
  let written: Promise<{ readonly text: string; readonly etag: string }> | undefined
  const write = async () => {
    const text = JSON.stringify(createDocument(api, service))
    return { text, etag: `"${await sha256(text)}"` }
  }

  api.openAPIRegistry.registerPath({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getDocument',
    tags: ['Service'],
    security: [],
    summary: 'Describe this API and the webhooks it sends: OpenAPI 3.1',
    description: 'This document. It has an entry in `webhooks` for every event type.',
    request: { headers: ifNoneMatch },
    responses: { 200: answer('The document.', documentSchema, etag), ...unchanged, ...openly },
  })
  api.get('/openapi.json', async (context) => {
    written ??= write()
    const { text, etag } = await written
    return context.body(text, 200, { 'Content-Type': 'application/json', ETag: etag })
  })
}
