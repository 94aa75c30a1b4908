import { mapInner, type Schema } from './schema.ts'

/**
 * Tells defaults in words: generated clients take a field with a `default` for one that is always
 * there, and would ask for it in what is sent.
 */
export function tellDefaults(schema: Schema): Schema {
  const { default: usual, ...rest } = mapInner(schema, tellDefaults)
  const { description = '' } = rest
  const told = usual === undefined || JSON.stringify(usual) === '{}' || /default/i.test(description)
  if (told) return rest
  return { ...rest, description: `${description} Default: \`${JSON.stringify(usual)}\`.`.trim() }
}
