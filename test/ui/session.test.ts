import { describe, expect, test } from 'vitest'
import { createAuthorize } from '../../src/api/authorize.ts'
import { manageTokens } from '../../src/api/tokens.ts'
import { listAudit } from '../../src/store/audit.ts'
import { useSite } from '../support/site.ts'

const token = 'toc_the-token-of-the-environment-0123456789'
const site = useSite(async ({ db }) => ({ authorize: await createAuthorize(db, token) }))

async function signIn(as = token) {
  const answer = await site.post('/sign-in', { token: as, next: '/deliveries' })
  const cookie = answer.headers.get('set-cookie') ?? ''
  return { answer, cookie, sent: { cookie: cookie.split(';')[0] ?? '' } }
}

describe('where tokens are required', () => {
  test('whoever has not signed in is sent to where they can, and back', async () => {
    const answer = await site.get('/deliveries?status=failed')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('/sign-in?next=%2Fdeliveries%3Fstatus%3Dfailed')
    expect((await site.get('/sign-in?next=/deliveries')).text).toContain('Sign in')
  })

  test('a token signs in; the cookie is not the token, and no script reads it', async () => {
    const { answer, cookie, sent } = await signIn()
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('/deliveries')
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    expect(cookie).not.toContain(token)
    expect((await site.get('/', sent)).status).toBe(200)
  })

  test('behind a proxy that ends TLS the cookie is for TLS only', async () => {
    const answer = await site.post('/sign-in', { token }, { 'x-forwarded-proto': 'https' })
    expect(answer.headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  test('a wrong token is refused in words', async () => {
    const { answer, cookie } = await signIn('toc_wrong')
    expect(answer.status).toBe(401)
    expect(answer.text).toContain('unknown, revoked or has expired')
    expect(answer.html).toContain('name="next" value="/deliveries"')
    expect(cookie).toBe('')
  })

  test('whoever tries many tokens is refused for a while, and both are on record', async () => {
    expect((await signIn()).answer.status).toBe(303)
    for (let times = 0; times < 10; times += 1)
      expect((await signIn(`toc_guess${times}`)).answer.status).toBe(401)
    const { answer } = await signIn()
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(answer.headers.get('ratelimit')).toMatch(/^"sign-in";r=0;/)
    expect(await listAudit(site.database.db, {}, { limit: 9 })).toMatchObject([
      { action: 'signInRefused', actor: '127.0.0.1' },
      { action: 'signIn', actor: 'TOCSIN_TOKEN', fields: [] },
    ])
  })

  test('signing out ends the session, not only the cookie', async () => {
    const { sent } = await signIn()
    await site.post('/sign-out', {}, sent)
    expect((await site.get('/', sent)).status).toBe(303)
  })

  test('a session ends with its token', async () => {
    const tokens = manageTokens(site.database.db)
    const made = await tokens.create({ name: 'me', scopes: ['read'], expiresAt: null })
    const { sent } = await signIn(made.token)
    expect((await site.get('/', sent)).status).toBe(200)
    await tokens.revoke(made.id)
    expect((await site.get('/', sent)).status).toBe(303)
  })

  test('where a session has ended, what somebody is writing is left alone', async () => {
    const answer = await site.post('/webhooks/check', {}, { 'hx-request': 'true' })
    expect(answer.headers.get('hx-redirect')).toBeNull()
    expect(answer.text).toContain('Your session has ended. Sign in again in another tab')
    const sent = await site.post('/webhooks/new')
    expect(sent.headers.get('location')).toBe('/sign-in?next=%2Fwebhooks%2Fnew')
  })

  test('a session may do what its token may', async () => {
    const tokens = manageTokens(site.database.db)
    const made = await tokens.create({ name: 'me', scopes: ['read'], expiresAt: null })
    const { sent } = await signIn(made.token)
    const answer = await site.post('/instances/new', { url: 'redis://localhost' }, sent)
    expect(answer.text).toContain('needs a token with the scope "write"')
  })

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['a frame without origin', { 'sec-fetch-site': '', origin: 'null' }],
  ])('a form of %s changes nothing', async (_, headers: Record<string, string>) => {
    const { sent } = await signIn()
    const answer = await site.post('/instances/new', { url: 'redis://h' }, { ...sent, ...headers })
    expect(answer.status).toBe(403)
    expect(await (await site.api('GET', '/api/instances')).status).toBe(401)
  })

  test.each(['//evil.example/', 'https://evil.example', '/.//evil.example', '\\\\evil.example'])(
    'nobody is sent on to %s',
    async (next) => {
      const answer = await site.post('/sign-in', { token, next })
      expect(answer.headers.get('location')).toMatch(/^\/(?![/\\])/)
    },
  )

  test('a link from elsewhere, which comes without the cookie, is followed once more from here', async () => {
    const answer = await site.get('/deliveries', { 'sec-fetch-site': 'cross-site' })
    expect(answer.html).toContain('content="0; url=/deliveries"')
  })
})

test('every page may load from here alone, and nothing inline', async () => {
  const { headers, html } = await site.get('/sign-in')
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  )
  expect(html).not.toMatch(/ style=| on\w+=|<style|<script(?! type="module" src="\/assets\/)/)
})

test('assets are kept for ever under a name that changes with them', async () => {
  const { html } = await site.get('/sign-in')
  for (const [, path = ''] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const { status, headers } = await site.get(path)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toContain('immutable')
  }
})

test('what is no text, or no form, is refused', async () => {
  const authorization = `Bearer ${token}`
  for (const path of ['/webhooks?q=%00', '/choices/webhooks?q=a%00'])
    expect((await site.get(path, { authorization })).status).toBe(400)
  for (const path of ['/webhooks/check', '/sign-in'])
    for (const type of ['application/json', 'multipart/form-data']) {
      const headers = { authorization, 'content-type': type }
      expect((await site.post(path, { a: 'b' }, headers)).status).toBe(415)
    }
})

test('the root is a page for people, and for programs where everything is', async () => {
  const authorization = `Bearer ${token}`
  const root = (accept: string) => site.get('/', { authorization, accept })
  for (const accept of ['*/*', 'text/html,application/xhtml+xml'])
    expect((await root(accept)).headers.get('content-type')).toMatch(/^text\/html/)
  const index = await root('application/json, text/plain, */*')
  expect(JSON.parse(index.html)).toMatchObject({ links: { document: '/openapi.json' } })
  const posted = await site.post('/', {}, { authorization })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})
