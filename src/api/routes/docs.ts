import { type createRoute, z } from '@hono/zod-openapi'
import { openly } from '../answers.ts'
import type { Api } from '../context.ts'
import { descriptionSchema } from '../docs/description.ts'
import { referencePage } from '../docs/page.ts'
import { style } from '../docs/style.ts'
import { createDocument } from '../document/document.ts'
import type { Service } from '../service.ts'

type Route = Parameters<typeof createRoute>[0]
const common = { method: 'get', tags: ['Service'], security: [] } satisfies Partial<Route>
/** The page loads its style from here, and nothing else from anywhere. */
const policy =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The document for people: one page, written at the first request for it. */
export function docsRoutes(api: Api, service: Service): void {
  let page: Promise<string> | undefined
  const write = async () =>
    String(await referencePage(descriptionSchema.parse(createDocument(api, service))))

  api.openAPIRegistry.registerPath({
    ...common,
    path: '/docs',
    operationId: 'getDocs',
    summary: 'Show this document to people',
    description: 'A page without scripts.',
    responses: {
      200: text('The page.', 'text/html', '<!doctype html>'),
      ...openly,
    },
  })
  api.get('/docs', async (context) => {
    page ??= write()
    return context.html(await page, 200, { 'Content-Security-Policy': policy })
  })

  api.openAPIRegistry.registerPath({
    ...common,
    path: '/docs/style.css',
    operationId: 'getDocsStyle',
    summary: 'Tell how the page looks',
    description: 'The only thing the page loads.',
    responses: { 200: text('The style.', 'text/css', 'body { margin: 0 }'), ...openly },
  })
  api.get('/docs/style.css', (context) =>
    context.body(style, 200, {
      'Content-Type': 'text/css; charset=utf-8',
      'Cache-Control': 'public, max-age=3600',
    }),
  )
}

function text(description: string, type: string, example: string) {
  return { description, content: { [type]: { schema: z.string().describe(description), example } } }
}
