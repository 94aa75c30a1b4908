// `npm run screenshots`: draws the README's pictures of the pages, from a service with an hour behind it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from '../src/api/app.ts'
import { listen } from '../src/runtimes/node.ts'
import type { Store } from '../src/store/database.ts'
import { insertInstance } from '../src/store/instances.ts'
import { claimLooks, settleLooks } from '../src/store/looks.ts'
import { addSamples } from '../src/store/samples.ts'
import { createSite } from '../src/ui/site.ts'
import { openBrowser } from './support/browser.ts'
import { attemptAll, happen, refused } from './support/history.ts'
import { copyTemplate, createTemplate } from './support/pglite.ts'
import { createService } from './support/service.ts'

const pictures = fileURLToPath(new URL('../docs/', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'tocsin-screenshots-'))
await createTemplate(folder)
const database = await copyTemplate(folder)
const { service } = await createService(database, { tier: () => 'pro' })
const site = createSite(service, createApi(service))
const listening = await listen(async (request, client) => site.fetch(request, client), {
  port: 0,
  hostname: '127.0.0.1',
})
const origin = `http://127.0.0.1:${listening.port}`
const browser = await openBrowser(origin)

const givenUp = await furnish(service.store)
await mkdir(pictures, { recursive: true })
for (const [name, path, height, colorScheme] of [
  ['overview', '/', 880, 'light'],
  ['webhook', '/webhooks/new', 760, 'light'],
  ['delivery', `/deliveries/${givenUp}`, 760, 'dark'],
] as const) {
  const { page } = await browser.open({ viewport: { width: 1280, height }, colorScheme })
  await page.goto(path, { waitUntil: 'load' })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
  await page.context().close()
}
await browser.close()
site.close()
await listening.close()
await database.close()
await rm(folder, { recursive: true })

/**
 * Six servers, an hour of readings each, and deliveries that went well and badly. Answers the id of
 * one that was given up.
 */
async function furnish(store: Store): Promise<string | undefined> {
  const names = ['cache', 'sessions', 'queue', 'search', 'carts', 'ranking']
  const minute = Math.floor(Date.now() / 60_000) * 60_000
  const ids: string[] = []
  for (const [index, name] of names.entries()) {
    const port = 6379 + index
    const url = `redis://${name}.example.com:${port}`
    const settings = { labels: {}, enabled: true, pollIntervalMs: null }
    const row = await insertInstance(store, {
      name,
      url,
      host: `${name}.example.com`,
      port,
      ...settings,
    })
    if (row === undefined) throw new Error(`${name} is there already`)
    ids.push(row.id)
    const wave = (at: number, size: number) => size * (1 + Math.sin(at / 7 + index * 2) / 4)
    await addSamples(
      store.db,
      Array.from({ length: 60 }, (_, at) => ({
        instanceId: row.id,
        at: new Date(minute - (59 - at) * 60_000),
        values: {
          memoryCriticalPercent: Math.min(
            96,
            wave(at, 30 + index * 8) + (index === 2 ? at * 0.8 : 0),
          ),
          connectionCriticalPercent: wave(at, 8 + index * 5),
          replicationLagSeconds: Math.max(0, wave(at, 1) - 0.8),
          ops: Math.round(wave(at, 900 + index * 700)),
        },
      })),
    )
  }
  await settleLooks(
    store,
    (await claimLooks(store, { limit: 10, leaseMs: 1000 })).map(({ id, lookId }) => ({
      id,
      lookId,
      state: id === ids[3] ? ('down' as const) : ('up' as const),
      server: 'valkey',
      version: '9.0.0',
      role: 'master',
      lastError: id === ids[3] ? 'Connection refused' : null,
      lacks: null,
      seen: id !== ids[3],
      everyMs: 86_400_000,
      turnMs: 0,
      recheckMs: null,
      stateVersion: 0,
    })),
  )
  const hooks: string[] = []
  for (const name of ['On call', 'Payments team']) {
    const body = {
      name,
      url: 'http://127.0.0.1:9/hook',
      events: ['memory.critical', 'instance.down'],
    }
    const request = { method: 'POST', body: JSON.stringify(body) }
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch(`${origin}/api/webhooks`, { ...request, headers })
    hooks.push((await answer.json()).id)
  }
  for (let n = 0; n < 40; n += 1) await happen(store, hooks)
  await attemptAll(store)
  const { deliveryIds } = await happen(store, hooks, { instanceId: ids[3] ?? null })
  const sent = {
    id: '550e8400-e29b-41d4-a716-446655440000',
    event: 'instance.down',
    timestamp: Date.now(),
    instance: { host: `${names[3]}.example.com`, port: 6382 },
    data: { message: 'Database instance unreachable: Connection refused' },
  }
  const headers = {
    'Content-Type': 'application/json',
    'X-Webhook-Event': sent.event,
    'X-Webhook-Signature': '2a9f…',
  }
  const request = { body: JSON.stringify(sent), requestHeaders: JSON.stringify(headers) }
  await attemptAll(store, {
    ...request,
    status: 'retrying',
    retryInMs: 0,
    startedAt: new Date(Date.now() - 64_000),
    statusCode: 503,
    errorClass: 'status',
    error: 'HTTP 503',
    responseBody: 'overloaded',
  })
  await attemptAll(store, { ...refused, ...request, startedAt: new Date() })
  return deliveryIds[0]
}
