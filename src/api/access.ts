import type { RateLimitName } from '../rules/rate-limit.ts'
import type { Scope } from '../rules/scope.ts'

/** Declares that a route asks for another scope than its method says (see `scopeOf`). */
export function needs(scope: Scope) {
  return { 'x-required-scopes': [scope] } as const
}

/** Declares that a route changes nothing that is put on record, although it is no GET. */
export const unrecorded = { 'x-audited': false } as const
/** Declares that a route is put on record, although it is a GET. */
export const recorded = { 'x-audited': true } as const

/** Declares that a route is answered only so often a minute and client. */
export function limited(rate: RateLimitName) {
  return { 'x-rate-limit': rate } as const
}

/** Declares that a route is another path to an operation, which the document leaves out. */
export const alias = { 'x-alias': true } as const
