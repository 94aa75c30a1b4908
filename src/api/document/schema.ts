/** A JSON Schema as the document holds it. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly example?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly propertyNames?: Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly [keyword: string]: unknown
}

/** What is done with a schema; `name` says where it stands: a property, a variant, an item. */
type Change = (schema: Schema, name: string) => Schema

const variants = ['anyOf', 'oneOf', 'allOf'] as const
const inner = ['items', 'additionalProperties', 'propertyNames'] as const
/** The name of what is no schema of its own but a part of the one around it. */
export const part = '+'
const itself: Readonly<Record<string, string>> = { items: '', additionalProperties: '' }

/** The types a schema allows; none where it does not say. */
export function typesOf({ type }: Schema): readonly string[] {
  return type === undefined ? [] : typeof type === 'string' ? [type] : type
}

/** A schema with the schemas inside it changed; those deeper are the change's own affair. */
export function mapInner(schema: Schema, change: Change): Schema {
  const mapped: Record<string, unknown> = { ...schema }
  if (schema.properties !== undefined)
    mapped.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, change(property, name)]),
    )
  for (const keyword of variants) {
    const list = schema[keyword]
    if (list !== undefined)
      mapped[keyword] = list.map((one) =>
        change(one, keyword === 'allOf' ? part : variantName(one)),
      )
  }
  for (const keyword of inner) {
    const one = schema[keyword]
    if (typeof one === 'object') mapped[keyword] = change(one, itself[keyword] ?? keyword)
  }
  return mapped
}

/** What tells a variant apart: the one value of one of its fields, where it has one. */
function variantName({ properties = {} }: Schema): string {
  for (const { const: value, enum: values } of Object.values(properties)) {
    const only = value ?? (values?.length === 1 ? values[0] : undefined)
    if (typeof only === 'string') return only
  }
  return ''
}

/** Changes every schema of a document that is no part of another; `name` says whose it is. */
export function mapSchemas(document: unknown, change: Change): unknown {
  return walk(document, '', '', change)
}

function walk(node: unknown, key: string, owner: string, change: Change): unknown {
  if (Array.isArray(node)) return node.map((item) => walk(item, key, owner, change))
  if (!isRecord(node)) return node
  if (key === 'schemas')
    return Object.fromEntries(
      Object.entries(node).map(([name, schema]) => [name, change(schema as Schema, name)]),
    )
  const operation = typeof node.operationId === 'string' ? pascal(node.operationId) : owner
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => {
      if (name === 'example' || name === 'examples') return [name, value]
      if (name === 'schema' && isRecord(value)) return [name, change(value, operation)]
      const body = { requestBody: 'Body', responses: 'Answer' }[name] ?? ''
      const inner = name === 'headers' || name === 'parameters' ? '' : operation + body
      return [name, walk(value, name, inner, change)]
    }),
  )
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `memory.critical` and `createWebhook` as names of components: each word begins large. */
export function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
