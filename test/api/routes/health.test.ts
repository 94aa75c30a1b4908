import { expect, test } from 'vitest'
import type { Database } from '../../../src/store/database.ts'
import { createCall } from '../../support/api-client.ts'
import { createService } from '../../support/service.ts'

/** Nothing on these routes may touch the database: this one throws at the first touch. */
const db = new Proxy({} as Database, {
  get() {
    throw new Error('The database was asked.')
  },
})
const refuse = async () => ({ ok: false, status: 401, detail: 'Send a token.' }) as const

test('the process says that it lives without asking the database, or for a token', async () => {
  const { service } = await createService({ db }, { authorize: refuse })
  const { status, body } = await createCall(service)('GET', '/healthz')
  expect(status).toBe(200)
  expect(body).toEqual({ status: 'ok' })
})

test('it is ready where the service says so', async () => {
  const { service } = await createService({ db }, { authorize: refuse })
  const { status, body } = await createCall(service)('GET', '/readyz')
  expect(status).toBe(200)
  expect(body).toEqual({ ready: true, checks: { database: 'ok' } })
})

test('it is not where the service says why', async () => {
  const checks = { database: 'connection refused', migrations: 'ok' }
  const { service } = await createService({ db }, { ready: async () => ({ ready: false, checks }) })
  const { status, body } = await createCall(service)('GET', '/readyz')
  expect(status).toBe(503)
  expect(body).toEqual({ ready: false, checks })
})

test('the index leads to everything that answers without parameters', async () => {
  const { service } = await createService({ db }, { authorize: refuse })
  const { status, body } = await createCall(service)('GET', '/')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    name: 'Tocsin',
    version: '1.2.3',
    links: { webhooks: '/api/webhooks', document: '/openapi.json', readiness: '/readyz' },
  })
})
