import { mapInner, type Schema, typesOf } from './schema.ts'

/** The most bytes a body holds (see `readBody`): no text and no list in it is longer. */
const most = 5_242_880
const int32 = 2_147_483_647

/** Says of every text, list, map and whole number how large it can be, where its schema does not. */
export function boundSchema(schema: Schema): Schema {
  const inner = mapInner(schema, boundSchema)
  const types = typesOf(inner)
  const fixed = inner.enum !== undefined || inner.const !== undefined
  return {
    ...inner,
    ...(types.includes('string') && !fixed && { maxLength: inner.maxLength ?? most }),
    ...(types.includes('array') && { maxItems: inner.maxItems ?? most }),
    ...(types.includes('object') && isMap(inner) && { maxProperties: inner.maxProperties ?? most }),
    ...(types.includes('number') && { format: inner.format ?? 'double' }),
    ...(types.includes('integer') && !fixed && wholeNumber(inner)),
  }
}

/** Whether it holds values by any name. */
function isMap({ properties, additionalProperties }: Schema): boolean {
  return properties === undefined && additionalProperties !== false
}

function wholeNumber({ minimum, maximum, exclusiveMinimum, format }: Schema): Schema {
  const above = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : undefined
  const least = typeof minimum === 'number' ? minimum : (above ?? Number.MIN_SAFE_INTEGER)
  const greatest = typeof maximum === 'number' ? maximum : Number.MAX_SAFE_INTEGER
  const small = least >= -int32 && greatest <= int32
  return {
    minimum: least,
    maximum: greatest,
    format: typeof format === 'string' ? format : small ? 'int32' : 'int64',
  }
}
