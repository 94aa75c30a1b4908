import { expect, test } from 'vitest'
import { z } from 'zod'
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

  const [, alike = ''] =
    /href="(\/dead-letters\/retry\?webhook=[^"]*code=500[^"]*)"/.exec(html) ?? []
  const planned = await site.get(alike.replaceAll('&amp;', '&'))
  expect(planned.text).toContain('Retry 1 delivery? Dead letters of Alpha: 500, HTTP 500.')
  expect(site.asked.drains).toBe(0)
  const which = { webhook: first, status: 'dead_letter', code: '500', error: 'HTTP 500', of: '1' }
  const done = await site.post('/dead-letters/retry', which)
  expect(site.asked.drains).toBe(1)
  expect((await site.get('/dead-letters')).text).toMatch(/Alpha 2 .*No answer Connection refused/)

  const begun = done.headers.get('location') ?? ''
  const waiting = await site.get(begun)
  expect(waiting.text).toMatch(/0 of 1 have ended.* Queued 1 of 1 Delivered 0 Waiting 1/)
  expect(waiting.html).toContain('<noscript><meta http-equiv="refresh"')

  expect((await site.get(`/dead-letters/retry?webhook=${first}`)).text).toContain(
    'Retry 2 deliveries? Dead letters of Alpha, whatever the reason.',
  )
  const rest = await site.post('/dead-letters/retry', { webhook: first, of: '2' })
  expect((await site.get('/dead-letters')).text).not.toContain('Alpha')
  const restBegun = rest.headers.get('location') ?? ''
  expect((await site.get(restBegun)).text).toMatch(/Queued 2 of 2 Delivered 0 Waiting 2/)
  expect((await site.get(begun)).text).toMatch(/Queued 1 of 1 Delivered 0 Waiting 1/)

  await attemptAll(site.service.store)
  const over = await site.get(begun)
  expect(over.text).toMatch(/All of it has arrived.* Delivered 1 Waiting 0 Given up again 0/)
  expect(over.html).not.toContain('<noscript>')
  expect((await site.get(restBegun)).text).toMatch(/All of it has arrived.* Delivered 2/)
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
  expect((await site.get('/deliveries')).text).toMatch(/Retrying .* none 1 \/ 5 /)
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
  const count = async (query: string) => rows((await site.get(`/deliveries?${query}`)).html).length
  expect(await count('webhook=beta&event=instance.down&time=24h&code=2xx')).toBe(30)
  expect(await count('webhook=127.0.0.1&limit=9')).toBe(50)
  expect(await count('webhook=Gamma')).toBe(0)
  expect(await count('status=pending')).toBe(0)
  await happen(site.service.store, [first], { type: 'instance.up' })
  expect(await count('status=pending')).toBe(1)
  expect(await count('status=pending&event=instance.down')).toBe(0)
  expect((await site.get('/deliveries?status=failed')).text).toContain('No delivery matches')
})

test('deliveries are found by where it happened and by how the receiver answered', async () => {
  const id = await webhook('Alpha')
  const watched = { name: 'Orders cache', url: 'redis://orders:6379' }
  const created = await site.api('POST', '/api/instances', watched)
  const instanceId = z.object({ id: z.string() }).parse(await created.json()).id
  await happen(site.service.store, [id], { instanceId })
  await attemptAll(site.service.store, refused)
  await happen(site.service.store, [id])
  await attemptAll(site.service.store, { status: 'dead_letter', statusCode: 503, error: '503' })
  await happen(site.service.store, [id], { type: 'instance.up' })
  await attemptAll(site.service.store)
  const found = async (query: string) => {
    const { text } = await site.get(`/deliveries?${query}`)
    const [, body = ''] = text.split('When')
    return body.match(/instance\.\w+ (?:Delivered|Dead letter)/g) ?? []
  }
  expect(await found('instance=orders')).toEqual(['instance.down Dead letter'])
  expect(await found(`instance=${instanceId}&webhook=${id}`)).toHaveLength(1)
  expect(await found('instance=orders&event=instance.up')).toEqual([])
  expect(await found('code=none')).toHaveLength(1)
  expect(await found('code=5xx')).toHaveLength(1)
  expect(await found('code=3xx')).toHaveLength(0)
  expect(await found('event=instance.up')).toEqual(['instance.up Delivered'])
  expect(await found('event=instance.up&status=dead_letter')).toEqual([])
  const { html } = await site.get(`/deliveries?instance=${instanceId}&webhook=${id}`)
  expect(html).toContain('value="Orders cache"')
  expect((await site.get('/choices/instances?instance=ord')).html).toBe(
    '<option value="Orders cache">orders:6379</option>',
  )
})
