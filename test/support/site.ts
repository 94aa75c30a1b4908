import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import type { Service } from '../../src/api/service.ts'
import { createSite } from '../../src/ui/site.ts'
import { createDatabase, type TestDatabase } from './databases.ts'
import { type Asked, createService } from './service.ts'

const origin = 'http://localhost:3001'

/** One page as a browser gets it. */
interface Shown {
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** The text people read, every space one. */
  readonly text: string
}

export interface TestSite {
  readonly database: TestDatabase
  readonly service: Service
  readonly asked: Asked
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Shown>
  /** Sends a form as a page of this site does. */
  post(
    path: string,
    fields?: Readonly<Record<string, string | readonly string[]>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Shown>
  /** Asks the API. */
  api(method: string, path: string, body?: unknown): Promise<Response>
}

/** Sets up pages and API for every test of a file, their tables emptied before each. */
export function useSite(
  prepare: (database: TestDatabase) => Promise<Partial<Service>> | Partial<Service> = () => ({}),
): TestSite {
  let database: TestDatabase
  let current: { service: Service; asked: Asked; fetch: (request: Request) => Promise<Response> }
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.empty()
    const { service, asked } = await createService(database, await prepare(database))
    const site = createSite(service, createApi(service))
    const client = { address: '127.0.0.1' }
    current = { service, asked, fetch: async (request) => site.fetch(request, client) }
  })

  async function shown(request: Request): Promise<Shown> {
    const response = await current.fetch(request)
    const html = await response.text()
    const text = html
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll('&#39;', "'")
      .replaceAll('&quot;', '"')
      .replaceAll(/\s+/g, ' ')
    return { status: response.status, headers: response.headers, html, text }
  }

  return {
    get database() {
      return database
    },
    get service() {
      return current.service
    },
    get asked() {
      return current.asked
    },
    get: (path, headers = {}) => shown(new Request(origin + path, { headers })),
    post(path, fields = {}, headers = {}) {
      const body = new URLSearchParams()
      for (const [name, value] of Object.entries(fields))
        for (const one of [value].flat()) body.append(name, one)
      return shown(
        new Request(origin + path, {
          method: 'POST',
          headers: { 'sec-fetch-site': 'same-origin', origin, ...headers },
          body,
        }),
      )
    },
    api: (method, path, body) =>
      current.fetch(
        new Request(origin + path, {
          method,
          ...(body !== undefined && {
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          }),
        }),
      ),
  }
}
