import { expect, test } from 'vitest'
import { findDelivery, listDeliveries } from '../../src/store/deliveries.ts'
import { insertWebhook, updateWebhook, type Webhook } from '../../src/store/webhooks.ts'
import { usePipeline, useReceiver } from '../support/fixtures.ts'
import { pager } from '../support/formats.ts'
import { level, thing } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { webhookSettings } from '../support/webhook-settings.ts'

const receiver = useReceiver({ respond: { body: 'ok' } })
const { pipeline } = usePipeline({
  formats: [pager],
  sender: { publicUrl: 'https://tocsin.example.com', accountId: 'acc_1' },
})

const key = 'integration "key"'

async function paged(events: readonly string[] = [level.type]): Promise<Webhook> {
  const { vault } = pipeline.store
  return insertWebhook(
    pipeline.store,
    webhookSettings({
      name: 'Pager',
      url: `${receiver.url}/***`,
      events,
      retryPolicy: { maxRetries: 3, initialDelayMs: 100, backoffMultiplier: 1, maxDelayMs: 100 },
      format: 'pager',
      formatConfig: { team: 'night' },
    }),
    'your-secret-key',
    {
      url: await vault.seal(`${receiver.url}/pager/token`),
      'formatConfig.key': await vault.seal(key),
    },
  )
}

async function only(webhook: Webhook) {
  const [row] = await listDeliveries(pipeline.store, webhook.id, {}, { limit: 2, offset: 0 })
  const found = row && (await findDelivery(pipeline.store, row.id))
  if (found === undefined) throw new Error('no delivery')
  return found
}

const crossing = { type: level.type, data: { value: 95 }, host: 'valkey.example.com' }

async function again() {
  await until(async () => {
    await pipeline.drainAll()
    return receiver.requests.length === 2
  })
  return receiver.next(2)
}

test('a format says what is sent, where, and with which secrets; history holds none of those', async () => {
  const webhook = await paged()
  await pipeline.publish(crossing)
  await pipeline.drainAll()
  const [request] = await receiver.next()
  const row = await only(webhook)
  expect(request?.path).toBe('/pager/token?wait=true')
  expect(request?.headers['x-key']).toBe(key)
  expect(JSON.parse(request?.body ?? '')).toEqual({
    key,
    team: 'night',
    account: 'acc_1',
    alert: {
      key: `${webhook.id}/valkey.example.com:6379/${level.type}`,
      state: 'firing',
      type: level.type,
      severity: level.severity,
      lasting: true,
      since: expect.any(Number),
    },
    text: 'Level 95 (threshold…',
    at: 'valkey.example.com:6379',
    link: `https://tocsin.example.com/deliveries/${row.id}`,
  })
  expect(row.status).toBe('success')
  expect(JSON.stringify(row)).not.toContain('integration')
  expect(JSON.stringify(row)).not.toContain('/pager/')
})

test('what resolves an alert has the key of what raised it, and comes without being asked for', async () => {
  await paged()
  await pipeline.publish(crossing, { ...crossing, data: { value: 10 } })
  await pipeline.drainAll()
  const alerts = (await receiver.next(2)).map(({ body }) => JSON.parse(body).alert)
  const [firing, resolved] = alerts.toSorted((a, b) => a.state.localeCompare(b.state))
  expect(resolved).toMatchObject({ state: 'resolved', type: level.type, key: firing.key })
})

test('an answer means what the format says: a 200 can be a failure, a 400 for good', async () => {
  const webhook = await paged()
  receiver.respond({ body: `bad ${key}` })
  await pipeline.publish(crossing)
  await pipeline.drainAll()
  expect(await only(webhook)).toMatchObject({
    status: 'retrying',
    error: 'HTTP 200: it says bad ***',
    responseBody: 'bad ***',
  })
  receiver.respond({ status: 400, body: 'never' })
  await again()
  expect(await only(webhook)).toMatchObject({ status: 'failed', error: 'HTTP 400: never' })
})

test('the same bytes go out again; of a webhook set up anew, what its new settings make', async () => {
  const webhook = await paged()
  receiver.respond(500)
  await pipeline.publish(crossing)
  await pipeline.drainAll()
  await updateWebhook(pipeline.store, webhook, { settings: { ...webhook, name: 'renamed' } })
  const [first, second] = await again()
  expect(second?.body).toBe(first?.body)
  const settings = { ...webhook, formatConfig: { team: 'day' } }
  await updateWebhook(pipeline.store, { ...webhook, version: 2 }, { settings })
  receiver.respond({ body: 'ok' })
  await until(async () => {
    await pipeline.drainAll()
    return receiver.requests.length === 3
  })
  const [third] = await receiver.next()
  expect(JSON.parse(third?.body ?? '')).toMatchObject({ key, team: 'day' })
})

test('what a format cannot set up is not sent, and says why', async () => {
  const webhook = await paged([thing.type])
  const settings = { ...webhook, formatConfig: { team: 7 } }
  await updateWebhook(pipeline.store, webhook, { settings })
  await pipeline.publish({ type: thing.type, data: { what: 'x' } })
  await pipeline.drainAll()
  expect(await only(webhook)).toMatchObject({
    status: 'failed',
    attempts: 0,
    error: expect.stringContaining('formatConfig'),
  })
  expect(receiver.requests).toHaveLength(0)
})

test('to a lossy webhook a delivery that fails is not tried again', async () => {
  const webhook = await paged()
  await updateWebhook(pipeline.store, webhook, { settings: { ...webhook, lossy: true } })
  receiver.respond(500)
  await pipeline.publish(crossing)
  await pipeline.drainAll()
  expect(await only(webhook)).toMatchObject({ status: 'dead_letter', attempts: 1 })
})
