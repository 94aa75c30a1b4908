import { describe, expect, test } from 'vitest'
import { createAuthorize } from '../../src/api/authorize.ts'
import { manageTokens } from '../../src/api/tokens.ts'
import { useApi } from '../support/api.ts'

const api = useApi(async ({ db }) => ({ authorize: await createAuthorize(db, undefined) }))

describe('on this machine, without a token', () => {
  test.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['a neighbour of this site', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['another origin', { Origin: 'https://evil.example' }, 403],
    ['no origin at all', { Origin: 'null' }, 403],
    ['this very site', { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost:3001' }, 200],
    ['the address bar', { 'Sec-Fetch-Site': 'none' }, 200],
    ['a program', {}, 200],
  ])('a change sent from %s', async (_, headers: Record<string, string>, status) => {
    const body = { url: 'redis://localhost' }
    const answer = await api.call('POST', '/api/instances/test', { headers, body })
    expect(answer.status).toBe(status)
  })

  test('reading is left to the browser, which shows no other site what came', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site' }
    expect((await api.call('GET', '/api/webhooks', { headers })).status).toBe(200)
  })

  test('a token that is sent must be good all the same', async () => {
    const headers = { Authorization: 'Bearer toc_made-up' }
    expect((await api.call('GET', '/api/webhooks', { headers })).status).toBe(401)
  })
})

test('the scope of one route is not had by asking for it under the name of another', async () => {
  const { db } = api.database
  const { token } = await manageTokens(db).create({ name: 'r', scopes: ['read'], expiresAt: null })
  const headers = { Authorization: `Bearer ${token}` }
  for (const path of ['/api/webhooks/deliveries/secret', '/api/webhooks/x/%73ecret'])
    expect((await api.call('GET', path, { headers })).status).toBe(403)
})
