import { expect } from 'vitest'
import { z } from 'zod'
import { createApp } from '../../src/api/app.ts'
import { faultyRequestSchema, lockedEventsSchema } from '../../src/api/schemas/problem.ts'
import type { Service } from '../../src/api/service.ts'
import { expectDeclared } from './document-check.ts'
import { noteSecrets, secretsIn } from './secret-search.ts'

const problemSchema = faultyRequestSchema.extend(lockedEventsSchema.shape)

/** One answer, read whole. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON of it, or its text; undefined where there is no body. */
  readonly body: unknown
}

interface RequestOptions {
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks the API as a client would, and holds every answer against what the API declares. */
export type Call = (method: string, path: string, options?: RequestOptions) => Promise<Answer>

const origin = 'http://localhost:3001'
/** There to show one, this once or to whoever may. */
const showsSecret = /\/(rotate-)?secret$|^\/api\/tokens$/

/** `secrets`: what no answer may hold, but those of the routes that are there to show secrets. */
export function createCall(service: Service, secrets: readonly string[] = []): Call {
  const app = createApp(service)
  const declared = declarations(app)
  return async (method, path, { body, headers = {} } = {}) => {
    const request = new Request(new URL(path, origin), {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const { pathname } = new URL(request.url)
    noteSecrets(typeof body === 'string' ? undefined : body)
    noteSecrets(headers)
    const response = await app.fetch(request, { client: { address: '127.0.0.1' } })
    const text = await response.text()
    const answer: Answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson(response) ? JSON.parse(text) : text || undefined,
    }
    const route = checkDeclared(declared, method, pathname, answer)
    // The document names a route once, by the path that no other may be taken for.
    if (route !== undefined && !('x-alias' in route))
      await expectDeclared(service, { ...answer, ...route })
    if (showsSecret.test(pathname)) noteSecrets(answer.body)
    else {
      for (const secret of secrets) expect(text).not.toContain(secret)
      expect(secretsIn(text)).toEqual([])
    }
    expect(answer.headers.get('x-request-id')).toBeTruthy()
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    return answer
  }
}

const isJson = (response: Response) =>
  /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')

type App = ReturnType<typeof createApp>
type Route = Extract<App['openAPIRegistry']['definitions'][number], { type: 'route' }>['route']

function declarations(app: App): Route[] {
  return app.openAPIRegistry.definitions.flatMap((it) => (it.type === 'route' ? [it.route] : []))
}

/** Every answer of a route has a status that it declares, and the shape that it declares for it. */
function checkDeclared(
  routes: readonly Route[],
  method: string,
  path: string,
  answer: Answer,
): Route | undefined {
  const here = routes
    .filter((route) => route.method === method.toLowerCase() && matches(route.path, path))
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length)
    .at(0)
  const problem = answer.headers.get('content-type') === 'application/problem+json'
  if (problem) checkProblem(answer)
  if (here === undefined) {
    expect([401, 403, 404, 405]).toContain(answer.status)
    return undefined
  }
  const responses: Record<string, unknown> = here.responses
  const declared = responses[answer.status]
  expect(declared, `${method} ${path} answers ${answer.status} undeclared`).toBeDefined()
  const schema = jsonSchemaOf(declared)
  // Other media are held against the document alone.
  if (schema === undefined) expect(problem || typeof answer.body !== 'object').toBe(true)
  else {
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    // Equal to what the schema lets through: no field too few, none too many.
    expect(schema.parse(answer.body)).toEqual(answer.body)
  }
  return here
}

function checkProblem({ body, status }: Answer) {
  const problem = problemSchema.parse(body)
  expect(problem).toEqual(body)
  expect(problem).toMatchObject({
    status,
    statusCode: status,
    message: problem.detail,
    error: problem.title,
  })
}

const response = z.object({
  content: z.object({ 'application/json': z.object({ schema: z.instanceof(z.ZodType) }) }),
})

function jsonSchemaOf(declared: unknown): z.ZodType | undefined {
  const read = response.safeParse(declared)
  return read.success ? read.data.content['application/json'].schema : undefined
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(
    path,
  )
}

/** The fields that an answer says are wrong. */
export function pointers({ body }: Answer): string[] {
  return (problemSchema.parse(body).errors ?? []).map(({ pointer }) => pointer)
}

/** Where the next page is, by the `Link` header. */
export function nextPage({ headers }: Answer): string | undefined {
  return /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
}

/** Every page of a list, from the first on. */
export async function pages(call: Call, path: string): Promise<unknown[][]> {
  const all: unknown[][] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer: Answer = await call('GET', next)
    expect(answer.status).toBe(200)
    all.push(z.array(z.unknown()).parse(answer.body))
    next = nextPage(answer)
  }
  return all
}
