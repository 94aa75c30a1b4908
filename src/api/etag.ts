import type { Context } from './context.ts'
import { Problem } from './problem.ts'

/** Tells in `ETag` which version an answer shows. */
export function tag(context: Context, { version }: { readonly version: number }): void {
  context.header('ETag', etagOf(version))
}

/**
 * Refuses a change to another version than the one in `If-Match` (RFC 9110, section 13.1.1). Weak
 * tags never match.
 */
export function checkMatch(condition: string | undefined, version: number): void {
  if (condition === undefined || condition.trim() === '*') return
  const tags = condition.split(',').map((one) => one.trim())
  if (!tags.includes(etagOf(version))) throw changedMeanwhile()
}

/** Somebody else was quicker. */
export function changedMeanwhile(): Problem {
  return new Problem(
    'precondition-failed',
    'It has changed since the version in If-Match: read it again and repeat the change.',
  )
}

function etagOf(version: number): string {
  return `"${version}"`
}
