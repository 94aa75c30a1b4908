import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { complaintsOf, here, type Outcome, run, tool } from './tool.ts'

const dist = `${here}dist`
const smoke = `${here}clients`
const root = fileURLToPath(new URL('../..', import.meta.url))
/** What the Python client asks of its users. */
const httpx = 'httpx==0.28.1'

type Complaints = readonly string[]

/** Generates every client there is a language for; answers what the generators complain of. */
export async function generate(document: string): Promise<Complaints> {
  await rm(dist, { recursive: true, force: true })
  for (const name of ['openapi-fetch', 'redocly', 'python', 'go'])
    await mkdir(`${dist}/${name}`, { recursive: true })
  const redocly = (generator: string, folder: string) =>
    tool('redocly', [
      'generate-client',
      document,
      '--generator',
      generator,
      '--output',
      `${dist}/${folder}/client.ts`,
    ])
  const outcomes = [
    await tool('openapi-typescript', [document, '-o', `${dist}/openapi-fetch/schema.ts`]),
    await tool('openapi-ts', ['-i', document, '-o', `${dist}/hey-api`, '--no-log-file']),
    await tool(
      'orval',
      ['--input', document, '--output', 'orval/client.ts', '--client', 'fetch'],
      dist,
    ),
    await redocly('typescript', 'redocly'),
    await redocly('python', 'python'),
    await redocly('go', 'go'),
  ]
  return outcomes.flatMap(complaintsOf)
}

/** Compiles the generated TypeScript, and what uses it, strictly. */
export async function compile(): Promise<Complaints> {
  await writeFile(`${dist}/package.json`, '{ "type": "module" }\n')
  return complaintsOf(await tool('tsc', ['--project', `${smoke}/tsconfig.json`]))
}

/** Uses a TypeScript client against a running service. */
export async function useTypeScript(name: string, url: string): Promise<Complaints> {
  const program = `${smoke}/${name}.ts`
  return complaintsOf(await run(process.execPath, ['--import', 'tsx', program, url], root))
}

/** Uses the Python client; undefined where there is no Python, or none that can be given what it asks for. */
export async function usePython(url: string): Promise<Complaints | undefined> {
  const venv = `${here}node_modules/.python`
  const python = `${venv}/bin/python`
  const steps: (() => Promise<Outcome>)[] = [
    () => run('python3', ['-m', 'venv', venv]),
    () => run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', httpx]),
  ]
  for (const step of steps) {
    const { code, stderr } = await step()
    if (code === 0) continue
    console.log(`  ${stderr.trim().split('\n').at(-1)}`)
    return undefined
  }
  return complaintsOf(await run(python, ['-W', 'error', `${smoke}/redocly.py`, url]))
}

/** Uses the Go client; undefined where there is no Go. */
export async function useGo(url: string): Promise<Complaints | undefined> {
  if ((await run('go', ['version'])).code !== 0) return undefined
  const module = `${dist}/go`
  await writeFile(`${module}/go.mod`, 'module judged\n\ngo 1.21\n')
  await cp(`${smoke}/go`, `${module}/smoke`, { recursive: true })
  return complaintsOf(await run('go', ['run', './smoke', url], module))
}
