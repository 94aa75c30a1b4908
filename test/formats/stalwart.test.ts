import { composeRequest } from 'tocsin/testing'
import { expect, test } from 'vitest'
import { stalwart } from '../../src/formats/stalwart.ts'
import { conform } from './conform.ts'
import { down, up } from './envelopes.ts'

conform(stalwart)

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
