import type { z } from 'zod'
import type { Plugin } from '../plugin/plugin.ts'
import { behaviourChecks } from './behaviour.ts'
import type { Check } from './check.ts'
import { declarationChecks } from './declarations.ts'
import type { Replies } from './replies.ts'
import { typicalReplies } from './typical.ts'

export interface CheckOptions {
  /** How a healthy server answers; what is not given is answered as a typical one does. */
  readonly replies?: Replies
}

/**
 * The conformance suite, as data for any test runner:
 * `for (const check of checkPlugin(plugin)) test(check.name, check.run)`. Run one after another: a
 * check watches the global timers.
 */
export function checkPlugin<State extends z.ZodType, Config extends z.ZodObject>(
  plugin: Plugin<State, Config>,
  { replies = {} }: CheckOptions = {},
): Check[] {
  const checks = declarationChecks(plugin)
  if (!plugin.poll) return checks
  return [...checks, ...behaviourChecks(plugin, { ...typicalReplies, ...replies })]
}
