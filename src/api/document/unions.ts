import { mapInner, type Schema, typesOf } from './schema.ts'

/** Words about a value of one type only; these can stand beside each other in one schema. */
const wordsOf: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems'],
  object: ['additionalProperties', 'minProperties', 'maxProperties'],
  boolean: [],
  null: [],
}

/**
 * A union whose variants are told apart by their JSON type alone, as one schema of several types:
 * it says the same, and clients read it more easily. Other unions stay as they are.
 */
export function joinUnions(schema: Schema): Schema {
  const { anyOf, ...rest } = mapInner(schema, joinUnions)
  if (anyOf === undefined) return rest
  const variants = joinObjects(anyOf.flatMap((one) => (isBareUnion(one) ? one.anyOf : [one])))
  const types = variants.flatMap(typesOf)
  const numbers = types.filter((type) => type === 'integer' || type === 'number')
  const apart =
    variants.every(isPlain) && new Set(types).size === types.length && numbers.length < 2
  const [only] = variants
  if (variants.length === 1) return { ...only, ...rest }
  if (!apart) return { ...rest, anyOf: variants }
  const marks = variants.some(({ writeOnly }) => writeOnly === true) ? { writeOnly: true } : {}
  const words = variants.map(({ type: _, writeOnly: __, ...words }) => words)
  return Object.assign({ type: types }, ...words, marks, rest)
}

function isBareUnion(schema: Schema): schema is Schema & { anyOf: readonly Schema[] } {
  return schema.anyOf !== undefined && Object.keys(schema).length === 1
}

function isPlain(schema: Schema): boolean {
  const types = typesOf(schema)
  const known = new Set(['type', 'writeOnly', ...types.flatMap((type) => wordsOf[type] ?? [])])
  return types.length > 0 && Object.keys(schema).every((word) => known.has(word))
}

/** Objects of one field each that must be there, as one object of which one field is given. */
function joinObjects(variants: readonly Schema[]): readonly Schema[] {
  const single = variants.filter(
    ({ type, properties = {}, required = [], additionalProperties }) =>
      type === 'object' &&
      additionalProperties === false &&
      required.length === 1 &&
      Object.keys(properties).join() === required.join(),
  )
  const names = new Set(single.flatMap(({ required = [] }) => required))
  if (single.length < 2 || names.size < single.length) return variants
  const joined: Schema = {
    type: 'object',
    properties: Object.assign({}, ...single.map(({ properties }) => properties)),
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  }
  return [...variants.filter((one) => !single.includes(one)), joined]
}
