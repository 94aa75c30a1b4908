import fc, { type Arbitrary } from 'fast-check'
import { anyText } from './any-text.ts'
import type { DocumentCheck } from './document-check.ts'
import { fromSchema } from './schema-arbitrary.ts'

/** A request to one operation of the document, as it should be or as it should not. */
interface FuzzRequest {
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** What breaks parsers, databases and prototypes. */
const hostile: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, -1, 0, 1e308, -0.5, 2 ** 53, '', ' ', '\u0000', '\ud800', '🚨'.repeat(300)],
    ...['../..', "'; drop table webhooks; --", '{{7*7}}', '%s%n', '__proto__', 'a'.repeat(70_000)],
    ...[[], {}, [[]], { $gt: '' }, JSON.parse('{"__proto__": {"admin": true}}'), { toString: 1 }],
  ),
  fc.jsonValue({ maxDepth: 3 }),
)
const words = fc.oneof(
  fc.constantFrom(
    ...['', '0', '-1', '1e3', 'NaN', 'null', '\u0000', '%00', '../..', "' or 1=1 --"],
  ),
  fc.constantFrom('9'.repeat(30), 'a'.repeat(3000), '🚨', '01a1fec0-8a7f-7485-a46c-a885080decd8'),
  anyText(),
)
const garbage = fc.constantFrom(
  ...['', ' ', '{', '[]', '"', 'null', '0', '{"a":1,"a":2}', '\u0000', '{"name":}'],
  '['.repeat(100_000) + ']'.repeat(100_000),
)

/** Requests to an operation: what its parameters and body are declared to be, and what they are not. */
export function requestsTo(
  check: DocumentCheck,
  { path, method }: { readonly path: string; readonly method: string },
  ids: Readonly<Record<string, readonly string[]>>,
): Arbitrary<FuzzRequest> {
  const operation = check.at('paths', path, method) ?? {}
  const declared = Array.isArray(operation.parameters) ? operation.parameters : []
  const parameters = declared.map((_, index) => {
    const own = check.at('paths', path, method, 'parameters', String(index)) ?? {}
    const schema = own.schema as Readonly<Record<string, unknown>>
    return [String(own.in), String(own.name), schema] as const
  })
  const some = (place: string, otherwise: Arbitrary<string>) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter(([where]) => where === place)
          .map(([, name, schema]) => [name, fc.oneof(textOf(check, schema), otherwise)]),
      ),
      { requiredKeys: [] },
    )
  const media = check.at('paths', path, method, 'requestBody', 'content', 'application/json')
  return fc
    .record({
      steps: fc.tuple(
        ...path.split('/').map((step, index, all) => stepOf(step, all[index - 1], ids)),
      ),
      query: some('query', words),
      headers: some('header', fc.string({ unit: fc.constantFrom(...'ab"*,W/ ') })),
      type: fc.constantFrom(...Array(9).fill('application/json'), 'text/plain', 'application/xml'),
      body: media === undefined ? fc.constant(undefined) : bodies(check, media),
    })
    .map(({ steps, query, headers, type, body }) => ({
      target: `${steps.join('/')}?${new URLSearchParams(query as Record<string, string>)}`,
      headers: { ...headers, ...(body !== undefined && { 'Content-Type': type }) },
      body,
    }))
}

function stepOf(step: string, before: string | undefined, ids: Parameters<typeof requestsTo>[2]) {
  if (!step.startsWith('{')) return fc.constant(step)
  const real = ids[before ?? ''] ?? []
  const wrong = words.map((word) => encodeURIComponent(wellFormed(word)) || 'x')
  return real.length === 0
    ? wrong
    : fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...real) }, wrong)
}

/** Bodies of all kinds: as the schema has them, the example with one thing wrong, and no JSON at all. */
function bodies(check: DocumentCheck, media: Readonly<Record<string, unknown>>): Arbitrary<string> {
  const fitting = fromSchema(check, media.schema as Readonly<Record<string, unknown>>)
  const example = media.example ?? Object.values(media.examples ?? {})[0]?.value
  return fc.oneof(
    { weight: 3, arbitrary: fitting.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constant(JSON.stringify(example)) },
    { weight: 4, arbitrary: spoiled(example) },
    { weight: 1, arbitrary: garbage },
  )
}

/** The example with a value replaced, left out or added, somewhere. */
function spoiled(example: unknown): Arbitrary<string> {
  const places = placesIn(example)
  const place = fc.constantFrom(...places)
  return fc
    .tuple(place, hostile, fc.constantFrom('replace', 'remove', 'add'), words)
    .map(([at, value, how, name]) => {
      const copy = structuredClone({ root: example })
      const parent = at.slice(0, -1).reduce<unknown>((it, key) => inside(it, key), copy)
      const last = at.at(-1) ?? 'root'
      const target = how === 'add' ? inside(parent, last) : parent
      if (how === 'remove') delete (parent as Record<string, unknown>)[last]
      else if (typeof target === 'object' && target !== null)
        Object.defineProperty(target, how === 'add' ? name : last, {
          ...{ value, enumerable: true, configurable: true },
        })
      return JSON.stringify(copy.root ?? null)
    })
}

function placesIn(value: unknown, at: readonly string[] = ['root']): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, one]) => placesIn(one, [...at, key]))]
}

function inside(value: unknown, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key]
}

function textOf(
  check: DocumentCheck,
  schema: Readonly<Record<string, unknown>>,
): Arbitrary<string> {
  return fromSchema(check, schema).map((value) => headerSafe(String(value)))
}

/** A header holds no more than this. */
function headerSafe(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?')
}

function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd')
}
