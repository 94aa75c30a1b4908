import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { snippets } from '../../src/ui/snippets.ts'
import { useSite } from '../support/site.ts'

const site = useSite()

test('a token is made, shown this once, and revoked after one more question', async () => {
  const { html, text } = await site.post('/settings/tokens', {
    name: 'ci',
    scopes: ['read', 'publish'],
    days: '30',
  })
  expect(text).toContain('It is shown this once')
  const [token = ''] = /toc_[\w-]{40,}/.exec(html) ?? []
  expect(token).not.toBe('')
  const listed = await site.get('/settings/tokens')
  expect(listed.html).not.toContain(token)
  expect(listed.text).toMatch(/ci .*read, publish never in 29 d/)
  const [, path = ''] = /href="(\/settings\/tokens\/[^"]+\/revoke)"/.exec(listed.html) ?? []
  expect((await site.get(path)).text).toContain('Whoever uses it is refused')
  await site.post(path)
  expect((await site.get('/settings/tokens')).text).toContain('No tokens yet')
  expect((await site.get('/settings/audit')).text).toMatch(/revokeToken tests .*createToken tests/)
})

test('every event type has a page with its schema, a sample and receivers that verify', async () => {
  for (const type of site.service.catalog.events.keys()) {
    const { status, text } = await site.get(`/event-types/${type}`)
    expect(status).toBe(200)
    expect(text).toContain('"properties"')
  }
  expect((await site.get('/event-types')).text).toContain('memory.critical')
})

test('the receivers shown are those of the README, which are run', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  for (const text of Object.values(snippets)) expect(readme).toContain(text)
})

test('why something did not fire is told gate by gate', async () => {
  const body = { name: 'W', url: 'http://127.0.0.1:9/', events: ['instance.down'] }
  const { id } = await (await site.api('POST', '/api/webhooks', body)).json()
  const { text } = await site.get(`/alerts/trace?webhook=${id}&event=memory.critical`)
  expect(text).toContain('memory.critical is not among its events')
})

test.each(['/plugins', '/settings', '/alerts', '/events', '/dead-letters'])(
  '%s has something to say while nothing has happened',
  async (path) => {
    const { status, html } = await site.get(path)
    expect(status).toBe(200)
    expect(html).toMatch(/<h1>/)
  },
)
