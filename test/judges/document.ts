import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { type Outcome, tool } from './tool.ts'

/** The least Redocly's score may be. */
const leastScore = 95

const problems = z.object({
  problems: z.array(
    z.object({ ruleId: z.string(), message: z.string(), location: z.array(z.looseObject({})) }),
  ),
})

/** Redocly's strictest rules: no error, no warning. */
export async function lint(document: string): Promise<readonly string[]> {
  const outcome = await tool('redocly', [
    'lint',
    '--extends=recommended-strict',
    '--format=json',
    document,
  ])
  const { problems: found } = problems.parse(jsonOf(outcome))
  return found.map(
    ({ ruleId, message, location: [at] }) => `${ruleId}: ${message} ${String(at?.pointer ?? '')}`,
  )
}

/** How well programs, and those who write them, get on with the document: of 100. */
export async function score(document: string): Promise<readonly string[]> {
  const outcome = await tool('redocly', ['score', '--format=json', document])
  const { agentReadiness } = z.object({ agentReadiness: z.number() }).parse(jsonOf(outcome))
  console.log(`  ${agentReadiness} of 100`)
  return agentReadiness >= leastScore ? [] : [`${agentReadiness} is less than ${leastScore}`]
}

const findings = z.array(
  z.object({
    code: z.string(),
    message: z.string(),
    path: z.array(z.union([z.string(), z.number()])),
    severity: z.number(),
  }),
)
type Finding = z.infer<typeof findings>[number]

/** Spectral with the rules of a file; severity 0 are errors, 1 warnings. */
async function spectral(document: string, rules: string): Promise<readonly Finding[]> {
  const asked = ['--ruleset', rules, '--format', 'json', '--quiet', '--fail-severity', 'error']
  const { stdout, stderr } = await tool('spectral', ['lint', ...asked, document])
  if (!stdout.startsWith('[')) throw new Error(`spectral said nothing: ${stderr.slice(-1000)}`)
  return findings.parse(JSON.parse(stdout))
}

const shown = ({ code, message, path }: Finding) => `${code}: ${message} ${path.join('/')}`

/** Spectral's own rules for OpenAPI: no error, no warning. */
export async function oas(document: string): Promise<readonly string[]> {
  return (await spectral(document, 'oas.yaml')).filter((one) => one.severity < 2).map(shown)
}

/**
 * OWASP's rules as they come: no error. One of them takes every member named `headers` for the headers of
 * an answer (`$..headers`), and has it hold `Access-Control-Allow-Origin`. Fields of that name, which
 * webhooks and attempts have, and examples of them are none; nothing can be said of them that both this
 * rule and Redocly's `struct`, which allows no unknown keyword in a schema, would let pass.
 */
export async function owasp(document: string): Promise<readonly string[]> {
  const field = /\/(?:properties|example(?:\/[^/]+)?)\/headers$/
  const isField = ({ code, path }: Finding) =>
    code === 'owasp:api8:2023-define-cors-origin' && field.test(`/${path.join('/')}`)
  const found = await spectral(document, 'owasp.yaml')
  return found.filter((one) => one.severity === 0 && !isField(one)).map(shown)
}

const changes = z.object({
  changes: z.array(
    z.object({ verdicts: z.array(z.object({ impact: z.string(), message: z.string() })) }),
  ),
})

/** What in the document breaks clients of the released one. */
export async function compatible(document: string, released: string): Promise<readonly string[]> {
  const outcome = await tool('redocly', ['diff', released, document, '--format', 'json'])
  const verdicts = changes.parse(jsonOf(outcome)).changes.flatMap((one) => one.verdicts)
  const breaking = verdicts.filter(({ impact }) => impact === 'major')
  return [...breaking.map(({ message }) => message), ...(await scopesChanged(document, released))]
}

/** OpenAPI has no word for scopes of plain tokens, so no tool looks at ours. */
async function scopesChanged(document: string, released: string): Promise<readonly string[]> {
  const [now, before] = await Promise.all([scopesOf(document), scopesOf(released)])
  return [...before].flatMap(([operation, scope]) =>
    (now.get(operation) ?? scope) === scope
      ? []
      : [`${operation} asks for the scope ${now.get(operation)} and no longer ${scope}`],
  )
}

async function scopesOf(file: string): Promise<ReadonlyMap<string, string>> {
  const operation = z.object({ 'x-required-scopes': z.array(z.string()).optional() })
  const paths = z.record(z.string(), z.record(z.string(), operation))
  const read = z.object({ paths }).parse(JSON.parse(await readFile(file, 'utf8')))
  return new Map(
    Object.entries(read.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, one]) => [`${method} ${path}`, `${one['x-required-scopes'] ?? ''}`] as const,
      ),
    ),
  )
}

function jsonOf({ stdout, stderr }: Outcome): unknown {
  const from = stdout.indexOf('{')
  if (from < 0) throw new Error(`a judge said nothing: ${stderr.slice(-1000)}`)
  return JSON.parse(stdout.slice(from))
}
