import { expect, test } from 'vitest'
import { attemptAll, happen, refused } from '../support/history.ts'
import { useSite } from '../support/site.ts'

const site = useSite()

async function webhook(name: string): Promise<string> {
  const body = { name, url: 'http://127.0.0.1:9/x', events: ['instance.down'] }
  return (await (await site.api('POST', '/api/webhooks', body)).json()).id
}

test('what was given up stands by webhook and reason, and is queued again after a dry run', async () => {
  const [first, second] = [await webhook('Alpha'), await webhook('Beta')]
  await happen(site.service.store, [first, second])
  await happen(site.service.store, [first])
  await attemptAll(site.service.store, refused)
  await happen(site.service.store, [first])
  await attemptAll(site.service.store, {
    status: 'dead_letter',
    statusCode: 500,
    error: 'HTTP 500',
  })

  const { text, html } = await site.get('/dead-letters')
  expect(text).toMatch(
    /Alpha 3 .*No answer Connection refused Dead letter 2 .*500: The receiver failed/,
  )
  expect(text).toMatch(/Beta 1/)
  expect(html).toContain('<span class="badge">4</span>')

  const planned = await site.post('/dead-letters/retry', { webhook: first, action: 'count' })
  expect(planned.text).toContain('3 deliveries would be queued again')
  expect(site.asked.drains).toBe(0)
  const done = await site.post('/dead-letters/retry', { webhook: first, action: 'retry' })
  expect(done.headers.get('set-cookie')).toContain('3%20deliveries%20are%20queued')
  expect(site.asked.drains).toBe(1)
  expect((await site.get('/dead-letters')).text).not.toContain('Alpha')
})

test('one delivery shows its attempts, what went wrong in words, and is retried', async () => {
  const id = await webhook('Alpha')
  const { deliveryIds } = await happen(site.service.store, [id])
  await attemptAll(site.service.store, refused)
  const path = `/deliveries/${deliveryIds[0]}`
  const { text, html } = await site.get(path)
  expect(text).toContain('Nothing listens there.')
  expect(text).toContain('Start the receiver, or correct the port')
  expect(html).toContain('curl -X POST')
  await site.post(`${path}/retry`)
  expect((await site.get(path)).text).toContain('Retrying')
  const again = await site.post(`${path}/retry`)
  expect(again.headers.get('set-cookie')).toContain('refused')
})

test('deliveries are found by what the address says, page by page', async () => {
  const [first, second] = [await webhook('Alpha'), await webhook('Beta')]
  for (let n = 0; n < 30; n += 1) await happen(site.service.store, [first, second])
  await attemptAll(site.service.store)
  const rows = (html: string) => html.match(/href="\/deliveries\/[0-9a-f-]{36}"/g) ?? []
  const newest = await site.get('/deliveries')
  expect(rows(newest.html)).toHaveLength(50)
  const [, older = ''] = /href="([^"]+)" rel="next"/.exec(newest.html) ?? []
  const rest = await site.get(older.replaceAll('&amp;', '&'))
  expect(rows(rest.html)).toHaveLength(10)
  expect(new Set([...rows(newest.html), ...rows(rest.html)]).size).toBe(60)
  expect(rows((await site.get(`/deliveries?webhook=${second}&status=success`)).html)).toHaveLength(
    30,
  )
  expect((await site.get('/deliveries?status=failed')).text).toContain('No delivery is like that')
})
