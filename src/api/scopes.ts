import type { Api } from './context.ts'
import { scopeOf } from './route-table.ts'

type Document = ReturnType<Api['getOpenAPI31Document']>

/** Writes the scope that each operation needs into the document, also where its method implies it. */
export function nameScopes({ paths }: Document): void {
  for (const [path, { get, put, post, patch, delete: remove }] of Object.entries(paths ?? {}))
    for (const [method, operation] of Object.entries({ get, put, post, patch, delete: remove })) {
      const scope = operation && scopeOf({ ...operation, method, path })
      if (operation !== undefined && scope) operation['x-required-scopes'] = [scope]
    }
}
