import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { createTocsin } from '../index.ts'
import { builtInPlugins } from '../runtimes/plugins.ts'
import { configured } from './config.ts'

/** Writes the document the service would serve, of these plugins, without starting it. */
export async function printDocument(version: string): Promise<void> {
  const unused = () => Promise.reject(new Error('nothing is sent to write the document'))
  const { plugins, formats } = await configured(process.cwd())
  const tocsin = await createTocsin({
    version,
    // Connects at the first query, and there is none.
    db: drizzle({ client: postgres() }),
    plugins: [...builtInPlugins, ...plugins],
    formats,
    transport: unused,
    resolve: async () => [],
    policy: { production: true, allow: [] },
    tier: () => 'enterprise',
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })
  const response = await tocsin.fetch(new Request('http://localhost/openapi.json'))
  const document: unknown = await response.json()
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}
