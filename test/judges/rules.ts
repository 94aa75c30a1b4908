import { complaintsOf, run } from './tool.ts'

/** Runs the unit tests of the Prometheus rules; undefined where there is no promtool. */
export async function testRules(directory: string): Promise<readonly string[] | undefined> {
  if ((await run('promtool', ['--version'])).code !== 0) return undefined
  const outcomes = [
    await run('promtool', ['check', 'rules', 'prometheus-rules.yml'], directory),
    await run('promtool', ['test', 'rules', 'prometheus-rules.test.yml'], directory),
  ]
  return outcomes.flatMap(complaintsOf)
}
