import { expect, test } from 'vitest'
import { insertInstance } from '../../src/store/instances.ts'
import { addSamples } from '../../src/store/samples.ts'
import { alerts } from '../../src/store/schema/index.ts'
import { attemptAll, happen, refused } from '../support/history.ts'
import { useSite } from '../support/site.ts'

const site = useSite()

async function watch(name: string, port: number) {
  const row = await insertInstance(site.service.store, {
    name,
    url: `redis://h:${port}`,
    host: 'h',
    port,
    labels: {},
    enabled: true,
    pollIntervalMs: null,
  })
  return row?.id ?? ''
}

async function webhook() {
  const body = { name: 'W', url: 'http://127.0.0.1:9/x', events: ['instance.down'] }
  const answer = await site.api('POST', '/api/webhooks', body)
  return (await answer.json()).id as string
}

test('nothing watched: the page says the next step', async () => {
  const { text, html } = await site.get('/')
  expect(text).toContain('Nothing is watched yet')
  expect(html).toContain('href="/instances/new"')
})

test('each instance shows its last hour, and where alerts fire', async () => {
  const id = await watch('cache', 6379)
  const minute = new Date(Math.floor(Date.now() / 60_000) * 60_000)
  const values = { memoryCriticalPercent: 42.5, ops: 1200 }
  await addSamples(site.database.db, [{ instanceId: id, at: minute, values }])
  const { html, text } = await site.get('/')
  expect(text).toContain('cache')
  expect(text).toContain('42.5 %')
  expect(text).toContain('1,200/s')
  expect(html).toContain('aria-label="Memory in the last hour, now 42.5 %; alerts fire at 90 %"')
  expect(html).toContain('class="limit"')
  expect((await site.get(`/instances/${id}`)).html).toMatch(/data-points="\d+ 42\.5 %"/)

  // The lowest that a webhook has set, from the next view on.
  const settings = { name: 'W', url: 'http://127.0.0.1:9/x', events: ['memory.critical'] }
  const limited = { ...settings, thresholds: { memoryCriticalPercent: 70 } }
  const made = await (await site.api('POST', '/api/webhooks', limited)).json()
  expect((await site.get('/')).html).toContain('alerts fire at 70 %')
  await site.api('PATCH', `/api/webhooks/${made.id}`, { enabled: false })
  expect((await site.get('/')).html).toContain('alerts fire at 90 %')
})

test('how deliveries end is counted by the hour, and given-up ones are one click away', async () => {
  const id = await webhook()
  await happen(site.service.store, [id])
  await attemptAll(site.service.store)
  await happen(site.service.store, [id])
  await attemptAll(site.service.store, refused)
  const { text, html } = await site.get('/')
  expect(text).toMatch(/Delivered, 24 h 50\.0 % of 2/)
  expect(html).toContain('1 delivered, 1 given up')
  expect(text).toMatch(/Dead letters 1/)
})

test('a thousand instances are shown page by page, and found by name', async () => {
  for (let n = 0; n < 30; n += 1) await watch(`node-${String(n).padStart(2, '0')}`, 7000 + n)
  expect((await site.get('/')).html.match(/<article/g)).toHaveLength(12)
  expect((await site.get('/?page=3')).html.match(/<article/g)).toHaveLength(6)
  expect((await site.get('/?q=node-07')).html.match(/<article/g)).toHaveLength(1)
  expect((await site.get('/?q=7007')).html.match(/<article/g)).toHaveLength(1)
  expect((await site.get('/?q=%25')).text).toContain('No instance matches')
})

test('an alert says where it clears, who was told and whether that arrived; its instance when', async () => {
  const body = {
    name: 'On call',
    url: 'http://127.0.0.1:9/x',
    events: ['memory.critical'],
    alertConfig: { hysteresisFactor: 0.8 },
  }
  const { id } = await (await site.api('POST', '/api/webhooks', body)).json()
  const instance = await watch('cache', 6379)
  const occurredAt = new Date(Date.now() - 60_000)
  const event = { type: 'memory.critical', instanceId: instance, occurredAt }
  const { eventId } = await happen(site.service.store, [id], event)
  await attemptAll(site.service.store, refused)
  await site.database.db.insert(alerts).values({
    ...{ webhookId: id, instance, eventType: event.type, subject: '', eventId },
    ...{ threshold: 90, value: 93, peak: 95, since: occurredAt },
  })
  const { text } = await site.get('/alerts?webhook=call&instance=cache&event=memory.critical')
  expect(text).toMatch(
    /memory\.critical cache 93 % peak 95 % 90 % clears at 72 % 1 min ago On call Dead letter Why\?/,
  )
  expect((await site.get('/alerts?instance=other')).text).toContain('No alert matches')
  // As many as make its newest events no picture of the hour.
  for (let n = 0; n < 110; n += 1)
    await happen(site.service.store, [], { instanceId: instance, occurredAt: new Date() })
  const { html, text: shown } = await site.get(`/instances/${instance}`)
  expect(shown).toMatch(/Timeline instance\.down 110 .*memory\.critical 1/)
  expect(html).toContain('aria-label="memory.critical: 1 in the time shown"')
})
