import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'iovalkey'
import memory from '../../plugins/memory.ts'
import { readSettings } from '../runtimes/environment.ts'
import { listen } from '../runtimes/node.ts'
import { builtInPlugins } from '../runtimes/plugins.ts'
import { start } from '../runtimes/server/start.ts'
import { arrivalText } from './arrival-text.ts'
import { startDemoReceiver } from './demo-receiver.ts'
import { startValkey } from './valkey-server.ts'

const secret = 'demo-secret-of-the-receiver'
const pollMs = 500
/** What fills up: the plugin's first event type. */
const watched = memory.events.slice(0, 1).map(({ type }) => type)
const say = (text: string) => process.stdout.write(`${text}\n`)

/** The whole way of one event, for real: a server whose memory fills up, and the webhook that says so. */
export async function demo(version: string): Promise<void> {
  say('1. A Valkey or Redis server with 48 MB of memory, nothing in it')
  const valkey = await startValkey({ args: ['--maxmemory', '48mb'] })
  const server = new Redis(valkey.port, valkey.host)
  const receiver = await startDemoReceiver(secret)
  const settings = readSettings({
    PORT: '0',
    DATABASE_URL: 'memory://',
    VALKEY_URL: `${valkey.url}?name=demo`,
    POLL_INTERVAL_MS: String(pollMs),
    LOG_LEVEL: 'error',
  })
  if (!settings.ok) throw new Error('the demo cannot read its own settings')
  say(`   ${valkey.version} at ${valkey.host}:${valkey.port}`)
  say('2. Tocsin, which looks at it twice a second')
  const service = await start(settings.settings, { plugins: builtInPlugins }, version, listen)
  say(`   ${service.url}, ${service.database.place}`)
  try {
    say('3. A receiver that checks every signature, and a webhook that calls it')
    say(`   ${receiver.url}`)
    await createWebhook(service.url, receiver.url)

    say('4. The memory fills past 90 %')
    await fill(server)
    const first = await receiver.arrival(0, 15_000)
    for (const name of ['x-webhook-timestamp', 'x-webhook-signature', 'x-webhook-delivery-id'])
      say(`   ${name}: ${first.headers[name]}`)
    say(
      arrivalText(first)
        .trimEnd()
        .replace(/^(?=.)/gm, '   '),
    )

    say('5. It stays full for three seconds: nobody is called again')
    await sleep(3000)
    expectArrivals(receiver.arrivals.length, 1)
    say('6. The memory empties: the alert clears below 81 %, silently')
    await server.flushall()
    await cleared(service.url)
    expectArrivals(receiver.arrivals.length, 1)

    say('7. It fills again: the next crossing, told once')
    await fill(server)
    const second = await receiver.arrival(1, 15_000)
    say(
      arrivalText(second)
        .trimEnd()
        .replace(/^(?=.)/gm, '   '),
    )
    expectArrivals(receiver.arrivals.length, 2)
    say('')
    say('Done. Now your own: VALKEY_URL=redis://localhost:6379 npm start')
  } finally {
    server.disconnect()
    await service.stop()
    receiver.close()
    await valkey.stop()
  }
}

async function createWebhook(service: string, url: string): Promise<void> {
  const response = await fetch(`${service}/api/webhooks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Demo', url, secret, events: watched }),
  })
  if (!response.ok) throw new Error(`the webhook was refused: ${await response.text()}`)
}

/** Writes until more than 91 % of maxmemory is used, buffers for clients not counted. */
async function fill(server: Redis): Promise<void> {
  const value = 'x'.repeat(256 * 1024)
  for (let key = 0; key < 200; key += 1) {
    const info = await server.info('memory')
    const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1])
    const used = field('used_memory') - field('mem_not_counted_for_evict')
    if (used / field('maxmemory') > 0.91) return
    await server.set(`demo:${key}`, value)
  }
  throw new Error('the memory did not fill')
}

/** Waits until no alert stands any more. */
async function cleared(service: string): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const alerts: unknown = await (await fetch(`${service}/api/alerts`)).json()
    if (Array.isArray(alerts) && alerts.length === 0) return
    await sleep(pollMs / 2)
  }
  throw new Error('the alert did not clear')
}

function expectArrivals(count: number, expected: number): void {
  if (count !== expected) throw new Error(`expected ${expected} requests so far, got ${count}`)
}
