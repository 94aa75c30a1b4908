import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'iovalkey'
import { expect } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { startValkey } from '../../src/cli/valkey-server.ts'
import { verify } from '../../src/verify.ts'
import type { TestDatabase } from './databases.ts'
import { looks } from './looks.ts'
import { startReceiver } from './receiver.ts'
import { createService } from './service.ts'
import type { TestEnvironment, TocsinProcess } from './tocsin-process.ts'
import { until } from './until.ts'

/** What the suite needs of a service that runs somewhere. */
export type Conforming = Pick<TocsinProcess, 'url' | 'api'> & {
  stop(): Promise<{ readonly code: number | null }>
}

type TestSpan = Readonly<Record<'name' | 'traceId' | 'spanId' | 'parentSpanId', string>>

const secret = 'your-secret-key'

/**
 * The service from end to end, the same on every runtime: its document, a server watched, a webhook
 * created, a signed delivery, its retry, and an alert that outlives a restart.
 */
export async function conform(
  start: (environment: TestEnvironment) => Promise<Conforming>,
): Promise<void> {
  const valkey = await startValkey()
  const client = new Redis(valkey.port, valkey.host)
  const receiver = await startReceiver({ respond: (_, index) => (index === 0 ? 503 : 200) })
  const collector = await startReceiver()
  const environment = {
    VALKEY_URL: valkey.url,
    POLL_INTERVAL_MS: '200',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  }
  let service = await start(environment)

  const standing = async () => (await service.api('GET', '/api/alerts')).body as unknown[]
  const settled = async (id: string) => {
    const { body } = await service.api('GET', `/api/webhooks/${id}/deliveries`)
    return (body as { status: string }[])[0]?.status === 'success'
  }
  const setMemory = (bytes: number) => client.config('SET', 'maxmemory', Math.ceil(bytes))

  try {
    const document = await fetch(`${service.url}/openapi.json`)
    expect(await document.text()).toBe(await expectedDocument())

    await followsWhatHappens(service.url)

    const created = await service.api('POST', '/api/webhooks', {
      name: 'Production Alerts',
      url: `${receiver.url}/webhooks/betterdb`,
      secret,
      events: ['memory.critical'],
      retryPolicy: { initialDelayMs: 100 },
    })
    expect(created.status).toBe(201)
    const { id } = created.body as { id: string }

    const ballast = 20_000_000
    await client.set('ballast', 'x'.repeat(ballast))
    await setMemory(ballast * 1.12)
    const attempts = await receiver.next(2, 15_000)
    for (const { headers, body } of attempts)
      expect(await verify({ headers, body, secret })).toMatchObject({ ok: true })
    const [first, second] = attempts.map(({ headers }) => headers['x-webhook-delivery-id'])
    expect(second).toBe(first)
    expect(attempts[1]?.body).toBe(attempts[0]?.body)
    expect(JSON.parse(attempts[0]?.body ?? '')).toMatchObject({
      event: 'memory.critical',
      instance: { host: valkey.host, port: valkey.port },
    })

    while (!(await settled(id))) await pause(20)
    // Spans are given to the collector together, after two seconds at the latest.
    const [sent, seen] = await until(async () => {
      const traced = collector.requests.flatMap(
        ({ body }) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans as TestSpan[],
      )
      const sent = traced.find(({ spanId }) => attempts[1]?.headers.traceparent?.includes(spanId))
      const seen = traced.find(({ spanId }) => spanId === sent?.parentSpanId)
      return sent && seen && ([sent, seen] as const)
    }, 15_000)
    expect([sent.name, seen.name, seen.traceId]).toEqual(['deliver', 'poll', sent.traceId])

    // A restart in the middle of the alert neither repeats it nor forgets it.
    expect(await service.stop()).toMatchObject({ code: 0 })
    service = await start(environment)
    await looks(service, 2)
    expect(receiver.requests).toHaveLength(2)
    expect(await standing()).toMatchObject([{ event: 'memory.critical' }])

    await setMemory(ballast * 10)
    while ((await standing()).length > 0) await looks(service, 1)
    await setMemory(ballast * 1.12)
    await receiver.next(1, 15_000)
    await looks(service, 1)
    expect(receiver.requests).toHaveLength(3)
  } finally {
    await service.stop()
    client.disconnect()
    await Promise.all([valkey.stop(), receiver.close(), collector.close()])
  }
}

/** The document of this code, byte for byte. */
async function expectedDocument(): Promise<string> {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  const { service } = await createService({ db: {} as TestDatabase['db'] }, { version })
  const response = await createApi(service).fetch(new Request('http://localhost/openapi.json'))
  return response.text()
}

/** Open pages are told of changes, or ask by themselves where nobody keeps a stream open. */
async function followsWhatHappens(url: string): Promise<void> {
  const headers = { Accept: 'text/html' }
  const page = await (await fetch(`${url}/events`, { headers })).text()
  const [, stream] = /<live-updates(?: stream="([^"]*)")?>/.exec(page) ?? []
  if (stream === undefined) return expect(page).toContain('hx-trigger="refresh from:body"')
  const stop = new AbortController()
  const told = await fetch(new URL(stream, url), { signal: stop.signal })
  expect(told.headers.get('content-type')).toBe('text/event-stream')
  stop.abort()
}
