import { expect, test } from 'vitest'
import { createAuthorize } from '../../../src/api/authorize.ts'
import { useApi } from '../../support/api.ts'

const { call } = useApi(async ({ db }) => ({ authorize: await createAuthorize(db, 'root') }))

test('consent is given by link or by program, with no token but the key', async () => {
  for (const method of ['GET', 'POST']) {
    const given = await call(method, '/api/consents/known')
    expect(given).toMatchObject({ status: 200, body: { message: 'Consent given' } })
    expect((await call(method, '/api/consents/other')).status).toBe(404)
  }
  const { body } = await call('GET', '/api/audit', { headers: { Authorization: 'Bearer root' } })
  expect(body).toMatchObject([
    { action: 'giveConsent', actor: 'anybody' },
    { action: 'giveConsentByLink', actor: 'anybody' },
  ])
})
