import { z } from 'zod'
import { complaintsOf, type Outcome, tool } from './tool.ts'

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

/** Spectral with the rules of a file: no error, and where it is said no warning either. */
export async function spectral(
  document: string,
  rules: string,
  severity: 'warn' | 'error',
): Promise<readonly string[]> {
  return complaintsOf(
    await tool('spectral', [
      'lint',
      '--ruleset',
      rules,
      '--fail-severity',
      severity,
      '--display-only-failures',
      document,
    ]),
  )
}

/** What in the document breaks clients of the released one. */
export async function compatible(document: string, released: string): Promise<readonly string[]> {
  return complaintsOf(await tool('redocly', ['diff', released, document, '--fail-on', 'major']))
}

function jsonOf({ stdout, stderr }: Outcome): unknown {
  const from = stdout.indexOf('{')
  if (from < 0) throw new Error(`a judge said nothing: ${stderr.slice(-1000)}`)
  return JSON.parse(stdout.slice(from))
}
