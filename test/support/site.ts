import { beforeEach } from 'vitest'
import { createApi, type Fetching } from '../../src/api/app.ts'
import { createSite } from '../../src/ui/site.ts'
import { type Prepare, type TestService, useService } from './fixtures.ts'

const origin = 'http://localhost:3001'

/** One page as a browser gets it. */
interface Shown {
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** The text people read, every space one. */
  readonly text: string
}

export interface TestSite extends TestService {
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
export function useSite(prepare?: Prepare): TestSite {
  const made = useService(prepare)
  let fetch: (request: Request) => Promise<Response>
  let api: Fetching | undefined
  beforeEach(() => {
    // Making one takes longer than most requests.
    api ??= createApi(made.lasting())
    const site = createSite(made.service, api)
    fetch = async (request) => site.fetch(request, { address: '127.0.0.1' })
  })

  async function shown(request: Request): Promise<Shown> {
    const response = await fetch(request)
    const html = await response.text()
    const text = html
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll('&#39;', "'")
      .replaceAll('&quot;', '"')
      .replaceAll(/\s+/g, ' ')
    return { status: response.status, headers: response.headers, html, text }
  }

  return {
    ...made,
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
      fetch(
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
