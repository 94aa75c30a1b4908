import type { Context } from './context.ts'
import { answerProblem, Problem } from './problem.ts'
import type { RouteEntry } from './route-table.ts'

/** Tells an unknown route (404) from a known one asked with a wrong method (405, with `Allow`). */
export function createNotFound(routes: readonly RouteEntry[]): (context: Context) => Response {
  return (context) => {
    const { method, path } = context.req
    const here = routes.filter(({ pattern }) => pattern.test(path))
    const [{ path: known = '' } = {}] = here
    if (known === '')
      return answerProblem(
        context,
        new Problem('not-found', `There is no ${path} here; /openapi.json lists what there is.`),
      )
    const methods = here.filter((route) => route.path === known).map((route) => route.method)
    const allow = methods.flatMap((one) => (one === 'GET' ? [one, 'HEAD'] : [one])).join(', ')
    return answerProblem(
      context,
      new Problem('method-not-allowed', `${path} knows no ${method}, only ${allow}.`, {
        headers: { Allow: allow },
      }),
    )
  }
}
