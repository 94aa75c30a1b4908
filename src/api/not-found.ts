import type { Api, Context } from './context.ts'
import { answerProblem, Problem } from './problem.ts'

interface Path {
  readonly pattern: RegExp
  readonly parameters: number
  readonly methods: Set<string>
}

/** Tells an unknown route (404) from a known one asked with a wrong method (405, with `Allow`). */
export function createNotFound(api: Api): (context: Context) => Response {
  const paths = pathsOf(api)
  return (context) => {
    const { method, path } = context.req
    const known = paths.find(({ pattern }) => pattern.test(path))
    if (known === undefined)
      return answerProblem(
        context,
        new Problem('not-found', `There is no ${path} here; /openapi.json lists what there is.`),
      )
    const allow = [...known.methods].join(', ')
    return answerProblem(
      context,
      new Problem('method-not-allowed', `${path} knows no ${method}, only ${allow}.`, {
        headers: { Allow: allow },
      }),
    )
  }
}

/** The paths of every route, those without parameters first. */
function pathsOf(api: Api): readonly Path[] {
  const paths = new Map<string, Path>()
  for (const definition of api.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { path, method } = definition.route
    const known = paths.get(path) ?? {
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      parameters: path.split('{').length - 1,
      methods: new Set(),
    }
    known.methods.add(method.toUpperCase())
    if (method === 'get') known.methods.add('HEAD')
    paths.set(path, known)
  }
  return [...paths.values()].sort((a, b) => a.parameters - b.parameters)
}
