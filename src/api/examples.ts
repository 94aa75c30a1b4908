import type { Api } from './context.ts'

type Document = ReturnType<Api['getOpenAPI31Document']>
type Item = NonNullable<Document['paths']>[string]
type Operation = NonNullable<Item['get']>
type Schema = NonNullable<NonNullable<Document['components']>['schemas']>[string]

/** Shows the example of a schema wherever a body has that schema, alone or in a list. */
export function addExamples({ paths, components }: Document): void {
  const exampleOf = (schema: Schema): unknown => {
    if (typeof schema.$ref === 'string') {
      const named = components?.schemas?.[schema.$ref.split('/').at(-1) ?? '']
      return named && exampleOf(named)
    }
    if ('example' in schema) return schema.example
    const [first] = 'anyOf' in schema ? (schema.anyOf ?? []) : []
    if (first !== undefined) return exampleOf(first)
    const item = 'items' in schema && schema.items ? exampleOf(schema.items) : undefined
    return item === undefined ? undefined : [item]
  }

  for (const { get, put, post, patch, delete: remove } of Object.values(paths ?? {}))
    for (const operation of [get, put, post, patch, remove])
      for (const media of operation ? jsonOf(operation) : []) {
        const example = media.schema && exampleOf(media.schema)
        if (example !== undefined) media.example = example
      }
}

/** The JSON bodies of an operation, both ways. */
function jsonOf({ requestBody, responses }: Operation) {
  return [requestBody, ...Object.values(responses ?? {})].flatMap((part) => {
    const media = part && 'content' in part ? part.content?.['application/json'] : undefined
    return media === undefined ? [] : [media]
  })
}
