import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import type { Service } from '../../src/api/service.ts'

/** A part of the document: whatever JSON it is. */
type Part = Readonly<Record<string, unknown>>

/** The OpenAPI document of a service, to hold requests and answers against. */
export interface DocumentCheck {
  readonly document: Part
  /** The part at a JSON pointer, references followed; undefined where there is none. */
  at(...pointer: readonly string[]): Part | undefined
  /** Whether a value is what the schema at that pointer says; the faults where it is not. */
  faults(value: unknown, ...pointer: readonly string[]): readonly string[]
}

const known = new Map<string, Promise<DocumentCheck>>()

/** Services of the same events and formats have the same document: it is read once. */
export function documentCheck(service: Service): Promise<DocumentCheck> {
  const names = [...service.catalog.events.keys(), ...service.formats.all.map(({ name }) => name)]
  const key = names.join()
  const check = known.get(key) ?? readDocument(service)
  known.set(key, check)
  return check
}

async function readDocument(service: Service): Promise<DocumentCheck> {
  const answer = await createApi(service).fetch(new Request('http://localhost/openapi.json'))
  const document = (await answer.json()) as Part
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(document, 'document')
  const compiled = new Map<string, ValidateFunction>()

  function locate(pointer: readonly string[]): readonly string[] | undefined {
    let [place, value]: [readonly string[], unknown] = [[], document]
    for (const step of pointer) {
      if (!isPart(value) || !Object.hasOwn(value, step)) return undefined
      ;[place, value] = [[...place, step], value[step]]
      while (isPart(value) && typeof value.$ref === 'string') {
        place = value.$ref.slice(2).split('/').map(unescaped)
        value = walk(document, place)
      }
    }
    return place
  }

  return {
    document,
    at(...pointer) {
      const place = locate(pointer)
      const value = place && walk(document, place)
      return isPart(value) ? value : undefined
    },
    faults(value, ...pointer) {
      const place = locate(pointer)
      if (place === undefined) return [`the document has nothing at ${pointer.join('/')}`]
      const ref = `document#/${place.map(escaped).join('/')}`
      const validate = compiled.get(ref) ?? ajv.compile({ $ref: ref })
      compiled.set(ref, validate)
      if (validate(value)) return []
      return (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`)
    },
  }
}

/** An answer has a status, a media type and a body that the document declares. */
export async function expectDeclared(
  service: Service,
  {
    path,
    method,
    status,
    headers,
    body,
  }: {
    readonly path: string
    readonly method: string
    readonly status: number
    readonly headers: Headers
    readonly body: unknown
  },
): Promise<void> {
  const { at, faults } = await documentCheck(service)
  const answers = ['paths', path, method, 'responses']
  // One entry may stand for all statuses of a class.
  const names = [String(status), `${Math.floor(status / 100)}XX`]
  const name = names.find((one) => at(...answers, one) !== undefined) ?? ''
  const place = [...answers, name]
  const declared = at(...place)
  expect(declared, `${method} ${path} answers ${status} undeclared`).toBeDefined()
  const [media = ''] = (headers.get('content-type') ?? '').split(';')
  const types = Object.keys(at(...place, 'content') ?? {})
  expect(types).toEqual(body === undefined ? [] : expect.arrayContaining([media]))
  if (body !== undefined)
    expect(faults(body, ...place, 'content', media, 'schema'), `${method} ${path}`).toEqual([])
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null
}

function walk(from: unknown, place: readonly string[]): unknown {
  return place.reduce<unknown>((value, step) => (isPart(value) ? value[step] : undefined), from)
}

const escaped = (step: string) =>
  encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))
const unescaped = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~')
