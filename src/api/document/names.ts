import { isRecord, mapInner, mapSchemas, part, pascal, type Schema } from './schema.ts'

/**
 * Gives every schema of an object, and every body, a name of its own: `EventDelivery` is what the
 * `deliveries` of `Event` hold. The same schema keeps one name.
 */
export function nameSchemas(
  document: object,
  schemas: Readonly<Record<string, Schema>>,
): { readonly document: object; readonly schemas: Readonly<Record<string, Schema>> } {
  const named = new Map(Object.entries(schemas))
  const names = new Map([...named].map(([name, schema]) => [textOf(schema), name]))
  const shapes = new Map([...named].map(([name, schema]) => [shapeOf(schema), name]))

  const give = (schema: Schema, wanted: string, description?: string): Schema => {
    const text = textOf(schema)
    const same = schema.description === undefined ? shapes.get(text) : undefined
    const known = names.get(text) ?? same
    if (known !== undefined) return refTo(known)
    let name = wanted
    for (let n = 2; named.has(name); n++) name = `${wanted}${n}`
    names.set(text, name)
    named.set(name, { ...(description !== undefined && { description }), ...schema })
    return refTo(name)
  }
  const inside = (owner: string, schema: Schema): Schema =>
    mapInner(withExamples(schema), (one, name) => {
      if (name === part) return inside(owner, one)
      const own = name === '' ? singular(owner) : `${owner}${pascal(name)}`
      const changed = inside(own, one)
      const said = name === '' ? schema.description : undefined
      return changed.properties === undefined ? changed : give(changed, own, said)
    })

  for (const [name, schema] of named) named.set(name, inside(name, schema))
  const whole = mapSchemas(document, (schema, name) =>
    /(Body|Answer)$/.test(name) && schema.$ref === undefined && schema.type !== 'string'
      ? give(inside(name, schema), name)
      : schema,
  )
  return { document: whole as object, schemas: Object.fromEntries(named) }
}

/** Hands the example of a schema on to the objects inside it that have none. */
function withExamples(schema: Schema): Schema {
  const { example } = schema
  if (example === undefined) return schema
  return mapInner(schema, (one, name) => {
    const shown = name === '' ? first(example) : isRecord(example) ? example[name] : undefined
    const holds = one.properties !== undefined || one.items !== undefined
    return !holds || one.example !== undefined || shown === undefined || shown === null
      ? one
      : { ...one, example: shown }
  })
}

function first(example: unknown): unknown {
  return Array.isArray(example) ? example[0] : undefined
}

/** The same for schemas that say the same, in whatever order. */
function textOf(schema: Schema): string {
  return JSON.stringify(schema, (_, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort()) : value,
  )
}

function shapeOf({ description: _, example: __, ...shape }: Schema): string {
  return textOf(shape)
}

function refTo(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

function singular(name: string): string {
  return name.replace(/ies$/, 'y').replace(/s$/, '')
}
