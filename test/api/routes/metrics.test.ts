import { expect, test } from 'vitest'
import { createApi } from '../../../src/api/app.ts'
import { createMeters } from '../../../src/pipeline/meters.ts'
import { settlement, unchanged } from '../../../src/pipeline/settlement.ts'
import { claimDeliveries } from '../../../src/store/queue.ts'
import { alerts } from '../../../src/store/schema/index.ts'
import { remember } from '../../../src/store/states.ts'
import { useApi } from '../../support/api.ts'
import { attemptAll, happen, refused } from '../../support/history.ts'
import { createService } from '../../support/service.ts'

const secret = 'whsec_c2VjcmV0LW9mLW1ldHJpY3M'

const api = useApi()

const metrics = async (service = api.service) => {
  const answer = await createApi(service).fetch(new Request('http://localhost/metrics'))
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return answer.text()
}
const webhook = async (): Promise<string> => {
  const body = {
    name: 'a',
    url: 'https://api.example.com/hook?key=hidden',
    events: ['instance.down'],
    secret,
  }
  return Object(await api.call('POST', '/api/webhooks', { body })).body.id
}

test('the queue is shown by status and webhook, with what is due longest', async () => {
  const [busy, idle] = [await webhook(), await webhook()]
  await happen(api.service.store, [busy])
  await attemptAll(api.service.store)
  await happen(api.service.store, [busy, busy])
  await attemptAll(api.service.store, refused)
  await happen(api.service.store, [busy])
  await attemptAll(api.service.store, { ...refused, status: 'retrying', retryInMs: 60_000 })
  await happen(api.service.store, [busy])
  const text = await metrics()
  for (const [status, count] of [
    ['pending', 1],
    ['retrying', 1],
    ['dead_letter', 2],
    ['failed', 0],
  ] as const) {
    expect(text).toContain(
      `tocsin_webhook_deliveries{webhook="${busy}",status="${status}"} ${count}\n`,
    )
    expect(text).toContain(`tocsin_webhook_deliveries{webhook="${idle}",status="${status}"} 0\n`)
  }
  expect(text).toContain('tocsin_queue_depth{status="pending"} 1\n')
  expect(text).toMatch(new RegExp(`tocsin_webhook_oldest_due_seconds{webhook="${busy}"} 0\\.\\d`))
  expect(text).toContain(`tocsin_webhook_oldest_due_seconds{webhook="${idle}"} 0\n`)
  expect(text).toContain(`tocsin_webhook_enabled{webhook="${idle}"} 1\n`)
})

test('standing alerts, instances and plugins are shown', async () => {
  const id = await webhook()
  const made = await api.call('POST', '/api/instances', {
    body: { name: 'the "cache"', url: 'redis://monitor:hunter2@203.0.113.7:6379' },
  })
  const instanceId: string = Object(made).body.id
  const { eventId } = await happen(api.service.store, [id])
  const alert = {
    webhookId: id,
    eventType: 'memory.critical',
    eventId,
    threshold: 90,
    value: 95,
    peak: 95,
  }
  await api.service.store.db
    .insert(alerts)
    .values(['a', 'b'].map((instance) => ({ ...alert, instance, subject: '', since: new Date() })))
  await remember(api.service.store, [
    { instanceId, plugin: 'acl', state: null, error: 'NOPERM' },
    { instanceId, plugin: 'memory', state: {}, error: null },
  ])
  const text = await metrics()
  expect(text).toContain(`tocsin_alerts_standing{webhook="${id}",event="memory.critical"} 2\n`)
  expect(text).toContain(
    `tocsin_instance_up{instance_id="${instanceId}",name="the \\"cache\\""} 0\n`,
  )
  expect(text).toContain('tocsin_plugin_failing_instances{plugin="acl"} 1\n')
  expect(text).toContain('tocsin_plugin_failing_instances{plugin="memory"} 0\n')
  expect(text).not.toMatch(/hunter2|hidden|c2VjcmV0/)
})

test('what this process has done is counted', async () => {
  const meters = createMeters()
  const { service } = await createService(api.database, { measured: meters.families })
  const id = await webhook()
  await happen(service.store, [id], { occurredAt: new Date(Date.now() - 2000) })
  const { deliveries } = await claimDeliveries(service.store, {
    limit: 1,
    perWebhook: 1,
    leaseMs: 60_000,
  })
  const report = {
    startedAt: new Date(),
    durationMs: 40,
    requestHeaders: {},
    statusCode: 200,
    responseHeaders: {},
    responseBody: 'OK',
    errorClass: null,
    error: null,
  }
  const retryPolicy = { maxRetries: 1, initialDelayMs: 100, backoffMultiplier: 1, maxDelayMs: 100 }
  const settings = { id, retryPolicy } as Parameters<typeof settlement>[1]
  for (const claimed of deliveries) {
    const failed = { result: 'retry', errorClass: 'timeout' } as const
    const outcomes = [
      settlement(
        claimed,
        settings,
        unchanged,
        { ...report, outcome: failed, errorClass: 'timeout' },
        () => 0,
      ),
      settlement(
        claimed,
        settings,
        unchanged,
        { ...report, outcome: { result: 'success' } },
        () => 0,
      ),
    ]
    for (const outcome of outcomes) meters.settled(outcome, Date.now())
  }
  meters.looked({ id: 'i', name: 'cache' }, 250)
  meters.looked({ id: 'i', name: 'cache' }, 150)
  meters.pluginFailed('acl')
  const text = await metrics(service)
  for (const line of [
    `tocsin_deliveries_total{webhook="${id}",status="retrying"} 1`,
    `tocsin_deliveries_total{webhook="${id}",status="success"} 1`,
    'tocsin_attempts_total{error_class="timeout"} 1',
    'tocsin_attempts_total{error_class=""} 1',
    'tocsin_attempt_duration_seconds_bucket{le="0.05"} 2',
    'tocsin_delivery_latency_seconds_bucket{le="1"} 0',
    'tocsin_delivery_latency_seconds_bucket{le="2.5"} 1',
    'tocsin_delivery_latency_seconds_count 1',
    'tocsin_polls_total{instance_id="i",name="cache"} 2',
    'tocsin_poll_duration_seconds_total{instance_id="i",name="cache"} 0.4',
    'tocsin_plugin_errors_total{plugin="acl"} 1',
  ])
    expect(text).toContain(`${line}\n`)
})
