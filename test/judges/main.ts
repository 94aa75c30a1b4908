/**
 * Judges the OpenAPI document with the tools of others, the clients that they generate of it, and the pages.
 * They weigh more than the service, so they are a package of their own, installed when asked.
 */
import { fileURLToPath } from 'node:url'
import { tellsApart } from './breaks.ts'
import { compile, generate, useGo, usePython, useTypeScript } from './clients.ts'
import { compatible, lint, oas, owasp, score } from './document.ts'
import { judgePages } from './lighthouse.ts'
import { testRules } from './rules.ts'
import { startService } from './service.ts'
import { complaintsOf, run } from './tool.ts'
import { readTraces } from './traces.ts'

const fileAt = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const document = fileAt('openapi.json')

let [passed, failed] = [0, 0]

/** Hears one judge. Undefined: there is nothing here to judge with. */
async function hear(
  name: string,
  judge: () => Promise<readonly string[] | undefined>,
): Promise<boolean> {
  const complaints = await judge().catch((error: unknown) => [String(error)])
  const verdict = complaints === undefined ? 'left out' : complaints.length > 0 ? 'FAILED' : 'ok'
  console.log(`${name}: ${verdict}`)
  for (const complaint of complaints ?? []) console.log(`  ${complaint}`)
  if (complaints?.length === 0) passed++
  if (complaints !== undefined && complaints.length > 0) failed++
  return complaints?.length === 0
}

const installed = await hear('the judges are installed', async () =>
  complaintsOf(await run('npm', ['ci', '--no-audit', '--no-fund'])),
)
if (installed) {
  await hear('Redocly, recommended-strict', () => lint(document))
  await hear('Redocly, score', () => score(document))
  await hear('Spectral, spectral:oas', () => oas(document))
  await hear('Spectral, OWASP', () => owasp(document))
  await hear('nothing breaks clients of the released document', () =>
    compatible(document, fileAt('openapi.released.json')),
  )
  await hear('what would break clients is told from what would not', () => tellsApart(document))
  await hear("OpenTelemetry's decoder reads our traces", readTraces)
  await hear('clients are generated', () => generate(document))
  await hear('clients in TypeScript compile strictly', compile)
  const service = await startService()
  try {
    for (const name of ['openapi-fetch', 'hey-api', 'orval', 'redocly'])
      await hear(`the client of ${name} works`, () => useTypeScript(name, service.url))
    await hear('the client in Python works', () => usePython(service.url))
    await hear('the client in Go works', () => useGo(service.url))
    await hear('Lighthouse, the pages', () => judgePages(service.url))
  } finally {
    await service.stop()
  }
}
await hear('the Prometheus rules do as their tests say', () => testRules(fileAt('observability')))
console.log(`${passed} judges passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
