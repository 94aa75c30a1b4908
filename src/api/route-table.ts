import type { OpenAPIHono } from '@hono/zod-openapi'
import { type Scope, scopeNames } from '../rules/scope.ts'

/** A route as its declaration tells: what is asked of a client, and whether it is put on record. */
export interface RouteEntry {
  readonly method: string
  readonly path: string
  readonly operationId: string
  /** Null: anybody may ask. */
  readonly scope: Scope | null
  readonly audited: boolean
  /** The name of the limit it is under, where it is. */
  readonly rate: unknown
  readonly pattern: RegExp
  readonly parameters: number
}

/** What a route may say of itself beside what OpenAPI knows. */
interface Declared {
  readonly method: string
  readonly path: string
  readonly operationId?: string | undefined
  readonly security?: readonly unknown[] | undefined
  readonly 'x-required-scopes'?: unknown
  readonly 'x-audited'?: unknown
  readonly 'x-rate-limit'?: unknown
}

/**
 * What a route asks for: the scope it names, else `read` for a GET and `write` for the rest. Nothing
 * where it declares `security: []`.
 */
export function scopeOf({ method, security, ...route }: Declared): Scope | null {
  if (security?.length === 0) return null
  const named = route['x-required-scopes']
  const scope = scopeNames.find((name) => Array.isArray(named) && named.includes(name))
  return scope ?? (method === 'get' ? 'read' : 'write')
}

/** Every route, those with the fewest parameters first. */
export function routesOf({
  openAPIRegistry,
}: Pick<OpenAPIHono, 'openAPIRegistry'>): readonly RouteEntry[] {
  return openAPIRegistry.definitions
    .flatMap((definition) => (definition.type === 'route' ? [definition.route as Declared] : []))
    .map((route) => ({
      method: route.method.toUpperCase(),
      path: route.path,
      operationId: route.operationId ?? `${route.method} ${route.path}`,
      scope: scopeOf(route),
      audited:
        route['x-audited'] === true || (route.method !== 'get' && route['x-audited'] !== false),
      rate: route['x-rate-limit'],
      pattern: patternOf(route.path),
      parameters: route.path.split('{').length - 1,
    }))
    .sort((a, b) => a.parameters - b.parameters)
}

/** The routes that a request may be meant for: a HEAD is answered by the GET. */
export function routesFor(
  routes: readonly RouteEntry[],
  method: string,
  path: string,
): readonly RouteEntry[] {
  const asked = method === 'HEAD' ? 'GET' : method
  return routes.filter((route) => route.method === asked && route.pattern.test(path))
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}
