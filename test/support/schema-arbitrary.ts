import fc, { type Arbitrary } from 'fast-check'
import { anyText } from './any-text.ts'
import type { DocumentCheck } from './document-check.ts'

type Schema = Readonly<Record<string, unknown>>

/** Deeper than that, what may be left out is. */
const mostDepth = 5

/** Values that a JSON Schema of the document allows, as far as its keywords tell. */
export function fromSchema(check: DocumentCheck, schema: Schema, depth = 0): Arbitrary<unknown> {
  const inner = (one: unknown) => fromSchema(check, asSchema(one), depth + 1)
  const { $ref, type, allOf } = schema
  if (typeof $ref === 'string') return inner(check.at(...$ref.slice(2).split('/')))
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (Array.isArray(choices)) return fc.oneof(...choices.map(inner))
  if (Array.isArray(allOf))
    return fc.tuple(...allOf.map(inner)).map((parts) => Object.assign({}, ...parts))
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => inner({ ...schema, type: one })))
  switch (type) {
    case 'string':
      return stringOf(schema)
    case 'integer':
      return fc.integer(range(schema))
    case 'number':
      return fc.double({ ...range(schema), noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(inner(schema.items ?? {}), {
        minLength: numberOf(schema.minItems) ?? 0,
        maxLength: Math.min(numberOf(schema.maxItems) ?? 3, 3),
      })
    case 'object':
      return objectOf(schema, inner, depth)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function objectOf(schema: Schema, inner: (one: unknown) => Arbitrary<unknown>, depth: number) {
  const required = Array.isArray(schema.required) ? schema.required : []
  const properties = Object.entries(asSchema(schema.properties))
  const shown = properties.filter(([name]) => depth < mostDepth || required.includes(name))
  const model = Object.fromEntries(shown.map(([name, one]) => [name, inner(one)]))
  const declared = fc.record(model, { requiredKeys: required.filter((name) => name in model) })
  if (typeof schema.additionalProperties !== 'object' || depth >= mostDepth) return declared
  const others = fc.dictionary(fc.string(), inner(schema.additionalProperties), { maxKeys: 2 })
  return fc.tuple(others, declared).map(([more, own]) => ({ ...more, ...own }))
}

function stringOf(schema: Schema): Arbitrary<string> {
  if (typeof schema.pattern === 'string') return fc.stringMatching(new RegExp(schema.pattern, 'u'))
  if (schema.format === 'uri') return fc.webUrl()
  const minLength = numberOf(schema.minLength) ?? 0
  const maxLength = Math.max(minLength, Math.min(numberOf(schema.maxLength) ?? 30, 30))
  return anyText({ minLength, maxLength })
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema) {
  const min = numberOf(minimum) ?? numberOf(exclusiveMinimum) ?? 0
  return { min, max: numberOf(maximum) ?? numberOf(exclusiveMaximum) ?? Math.max(min, 1e6) }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value) < 2 ** 31 ? value : undefined
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {}
}
