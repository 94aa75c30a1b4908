import { z } from 'zod'
import { describeError } from '../rules/describe-error.ts'
import type { Settings } from '../runtimes/environment.ts'
import { type Reached, reach, webhooksSchema } from './doctor-webhooks.ts'

/** The service of these settings, where it runs, and what it says of the servers it watches. */
export interface RunningService {
  readonly ok: boolean
  readonly running: boolean
  readonly detail: string
  /** Those that are not in VALKEY_URL. */
  readonly instances: readonly {
    readonly name: string
    readonly state: string
    readonly error: string | null
    readonly fixes: readonly string[]
  }[]
  /** Those enabled: whether their receivers can be connected to. */
  readonly webhooks: readonly Reached[]
}

const instancesSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    source: z.string(),
    enabled: z.boolean(),
    state: z.string(),
    lastError: z.string().nullable(),
  }),
)
const pluginsSchema = z.array(
  z.object({
    instances: z.array(
      z.object({
        id: z.string(),
        missing: z.array(z.object({ reason: z.string(), fix: z.string().optional() })),
      }),
    ),
  }),
)

const paths = ['/api/instances?limit=200', '/api/plugins', '/api/webhooks?limit=200']

/** Asks the service that listens where the settings say; that none does is nothing wrong. */
export async function visitService({ host, port, token }: Settings): Promise<RunningService> {
  const at = /^(0\.0\.0\.0|::)$/.test(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  const base = `http://${at}:${port}`
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const get = (path: string) =>
    fetch(base + path, { headers, signal: AbortSignal.timeout(2000), redirect: 'manual' })
  const nothing = { instances: [], webhooks: [] }
  try {
    const ready = await get('/readyz').catch(() => undefined)
    if (ready === undefined)
      return { ...nothing, ok: true, running: false, detail: `not running at ${base}` }
    if (!ready.ok)
      return { ...nothing, ok: false, running: true, detail: `at ${base}, not ready: GET /readyz` }
    const answers = await Promise.all(paths.map(get))
    const refused = answers.find(({ ok }) => !ok)
    if (refused) {
      const detail = `at ${base}, but its API answers ${refused.status}: check TOCSIN_TOKEN`
      return { ...nothing, ok: false, running: true, detail }
    }
    const [instances, plugins, webhooks] = await Promise.all(answers.map((answer) => answer.json()))
    const watched = told(instancesSchema.parse(instances), pluginsSchema.parse(plugins))
    const reached = await reach(webhooksSchema.parse(webhooks), 3000)
    const ok = watched.every(({ state, denied }) => state !== 'down' && !denied)
    const about = { detail: `running at ${base}, ready`, instances: watched, webhooks: reached }
    return { ok, running: true, ...about }
  } catch (error) {
    const detail = `what listens at ${base} is no Tocsin, or another version: ${describeError(error)}`
    return { ...nothing, ok: false, running: true, detail }
  }
}

function told(instances: z.infer<typeof instancesSchema>, plugins: z.infer<typeof pluginsSchema>) {
  return instances
    .filter(({ source, enabled }) => enabled && source !== 'environment')
    .map(({ id, name, state, lastError }) => {
      const missing = plugins.flatMap(({ instances: seen }) =>
        seen.filter((one) => one.id === id).flatMap((one) => one.missing),
      )
      return {
        ...{ name, state, error: lastError },
        denied: missing.some(({ reason }) => reason === 'denied'),
        fixes: [...new Set(missing.flatMap(({ fix }) => fix ?? []))],
      }
    })
}
