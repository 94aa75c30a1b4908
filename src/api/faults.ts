import type { z } from '@hono/zod-openapi'
import type { Fault } from './problem.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** What zod found wrong with `value`, one fault for each field. `prefix` leads the pointers. */
export function faultsOf(issues: readonly Issue[], value: unknown, prefix: Path = []): Fault[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path]
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        pointer: pointerTo([...path, key]),
        message: `${JSON.stringify(key)} is not a known field; remove it`,
      }))
    return [{ pointer: pointerTo(path), message: messageOf(issue, value) }]
  })
}

function messageOf(issue: Issue, value: unknown): string {
  if (issue.code !== 'invalid_type') return issue.message
  if (at(value, issue.path) === undefined) return 'It is required'
  return issue.expected === 'int' ? 'It must be a whole number' : issue.message
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  )
}

/** RFC 6901: `~` and `/` in a name are escaped. */
export function pointerTo(path: Path): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
