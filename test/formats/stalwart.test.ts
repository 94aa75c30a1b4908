import { checkFormat, composeRequest, formatEvent } from 'tocsin/testing'
import { expect, test } from 'vitest'
import { stalwart } from '../../src/formats/stalwart.ts'
import { createSigner } from '../../src/rules/sign.ts'
import { verify } from '../../src/verify.ts'
import vectors from '../fixtures/signature-vectors.json' with { type: 'json' }
import { down, older, secret, up } from './envelopes.ts'

for (const check of checkFormat(stalwart)) test(check.name, check.run)

test('the body is that of seed 5: a list of events with ids of their own', async () => {
  const { body, headers } = await composeRequest(stalwart, [down, { ...up, id: 'second' }])
  expect(JSON.parse(body)).toEqual({
    events: [
      {
        id: '550e8400-e29b-41d4-a716-446655440000',
        createdAt: '2024-01-28T16:00:00Z',
        type: 'instance.down',
        data: {
          instance: { host: 'valkey.example.com', port: 6379 },
          reason: 'Connection refused',
          message: 'Unreachable: Größe 🚨',
        },
      },
      {
        id: 'second',
        createdAt: '2024-01-28T16:00:00Z',
        type: 'instance.up',
        data: { instance: { host: 'valkey.example.com', port: 6379 }, message: 'Recovered' },
      },
    ],
  })
  expect(headers['Content-Type']).toBe('application/json')
})

test('one header signs the body, and the old secret’s is beside it while a rotation lasts', async () => {
  const sent = await composeRequest(stalwart, [formatEvent()], { secrets: [secret, older] })
  for (const one of [secret, older])
    expect(await verify({ ...sent, secret: one })).toMatchObject({ ok: true, scheme: 'stalwart' })
})

test.each(vectors.stalwart)('the signature is the published one: $name', async (vector) => {
  const headers = await stalwart.headers?.({
    events: [formatEvent()],
    body: vector.payload,
    timestamp: 0,
    attemptId: '',
    context: { webhook: { id: '', name: '' }, config: {}, environment: '' },
    signer: createSigner([vector.secret]),
  })
  expect(headers?.['X-Signature']).toBe(vector.headers['x-signature'])
})
