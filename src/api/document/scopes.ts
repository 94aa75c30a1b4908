import { scopeOf } from '../route-table.ts'
import { type Operations, operationsOf } from './operations.ts'

/** Writes the scope that each operation needs into the document, also where its method implies it. */
export function nameScopes(operations: Operations): void {
  for (const { path, method, operation } of operationsOf(operations)) {
    const scope = scopeOf({ ...operation, method, path })
    if (scope !== null) operation['x-required-scopes'] = [scope]
    // The same in OpenAPI, and said on purpose: a change that anybody may make is no oversight.
    else if (method !== 'get') operation.security = [{}]
  }
}
