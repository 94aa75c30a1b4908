import { type Media, type Operations, operationsOf } from './operations.ts'
import { isRecord, mapInner, type Schema, typesOf } from './schema.ts'

type Schemas = Readonly<Record<string, Schema>>

/** Shows the example of a schema wherever a body has that schema. */
export function addExamples(operations: Operations, schemas: Schemas): void {
  for (const { operation } of operationsOf(operations))
    for (const part of [operation.requestBody, ...Object.values(operation.responses)]) {
      const media: Media | undefined = part?.content?.['application/json']
      const example = media?.schema && exampleOf(media.schema, schemas)
      if (media !== undefined && example !== undefined) media.example ??= example
    }
}

/** Gives each schema that has none an example, made of what it says of itself. */
export function completeExamples(schemas: Schemas): Schemas {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      if (showsExample(schema)) return [name, inProperties(schema)]
      const example = exampleOf(schema, schemas)
      return [name, { ...schema, ...(example !== undefined && { example }) }]
    }),
  )
}

/** Whether its values have an `example` of their own: readers take such a value for a schema. */
function showsExample({ properties = {} }: Schema): boolean {
  return 'example' in properties
}

/** A schema whose example is shown property by property. */
function inProperties({ example, ...schema }: Schema): Schema {
  const shown = isRecord(example) ? example : {}
  return mapInner(schema, (property, name) =>
    name in shown ? { ...property, example: shown[name] } : property,
  )
}

/** A value that fits a schema: the example it has, else the plainest there is. */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
  const { $ref, example, properties = {}, required = [], items, enum: values } = schema
  if ($ref !== undefined) {
    const named = schemas[$ref.split('/').at(-1) ?? '']
    return named && !showsExample(named) ? exampleOf(named, schemas) : undefined
  }
  if (example !== undefined) return example
  const [given] = [schema.const, schema.default, values?.[0]].filter((it) => it !== undefined)
  if (given !== undefined) return given
  const variants = schema.oneOf ?? schema.anyOf ?? []
  const variant = variants.find(({ pattern }) => pattern === undefined) ?? variants[0]
  if (variant !== undefined) return exampleOf(variant, schemas)
  const [type] = typesOf(schema)
  if (type === 'array') return items === undefined ? [] : listOf(exampleOf(items, schemas))
  if (type !== 'object') return plain(schema)
  const least = typeof schema.minProperties === 'number' ? schema.minProperties : 0
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, least)
  return Object.fromEntries(
    names.map((name) => [name, exampleOf(properties[name] ?? {}, schemas)] as const),
  )
}

function listOf(example: unknown) {
  return example === undefined ? undefined : [example]
}

function plain(schema: Schema): unknown {
  const [type = 'string'] = typesOf(schema)
  if (type === 'string') return schema.format === 'email' ? 'ops@example.com' : 'text'
  if (type === 'boolean') return true
  if (type === 'null') return null
  return typeof schema.minimum === 'number' ? Math.max(schema.minimum, 1) : 1
}
