import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createApi } from '../../../src/api/app.ts'
import type { Database } from '../../../src/store/database.ts'
import { createService } from '../../support/service.ts'

let get: (path: string) => Promise<Response>
let page: string

beforeAll(async () => {
  const { service } = await createService(
    { db: {} as Database },
    { authorize: async () => ({ ok: false, status: 401, detail: 'Send a token.' }) },
  )
  const api = createApi(service)
  get = async (path) => api.fetch(new Request(`http://localhost${path}`))
  page = await (await get('/docs')).text()
})

test('it is a page without scripts that loads only its style from here, and needs no token', async () => {
  const { status, headers } = await get('/docs')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toMatch(/^text\/html/)
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self';/)
  expect(page).not.toMatch(/<(?:script|style|img|iframe)| style=| on\w+="/)
  expect(page.match(/<link[^>]+>/g)).toEqual(['<link rel="stylesheet" href="/docs/style.css">'])
  const style = await get('/docs/style.css')
  expect(style.status).toBe(200)
  expect(style.headers.get('content-type')).toMatch(/^text\/css/)
})

test('it shows every operation, payload and schema, and every link in it leads somewhere', async () => {
  const document = z
    .looseObject({
      paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
      webhooks: z.record(z.string(), z.looseObject({})),
      components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
    })
    .parse(await (await get('/openapi.json')).json())
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
  for (const { operationId } of operations) expect(ids).toContain(operationId)
  for (const name of Object.keys(document.components.schemas)) expect(ids).toContain(name)
  for (const type of Object.keys(document.webhooks)) expect(page).toContain(`receives ${type}`)
  const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, to]) => to)
  expect(links.filter((to) => !ids.has(to))).toEqual([])
})
