import type { Format } from 'tocsin/plugin'
import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { dakkio } from '../../src/formats/dakkio.ts'
import { db24x7 } from '../../src/formats/db24x7.ts'
import { stalwart } from '../../src/formats/stalwart.ts'
import { createSigner } from '../../src/rules/sign.ts'
import { verify } from '../../src/verify.ts'
import published from '../fixtures/signature-vectors.json' with { type: 'json' }
import { older, secret } from './envelopes.ts'

const formats: readonly (readonly [Format, string, readonly Vector[]])[] = [
  [db24x7, 'X-DB24x7-Signature', published.db24x7],
  [dakkio, 'X-Webhook-Signature', published.dakkio],
  [stalwart, 'X-Signature', published.stalwart],
]

interface Vector {
  readonly name: string
  readonly secret: string
  readonly payload: string
  readonly headers: Readonly<Record<string, string>>
}

describe.each(formats)('$name signs the body alone', (format, header, vectors) => {
  test.each(vectors)('as published: $name', async ({ payload, secret, headers }) => {
    const sent = await format.headers?.({
      events: [formatEvent()],
      body: payload,
      timestamp: 0,
      attemptId: '',
      context: { webhook: { id: '', name: '' }, config: {}, environment: '' },
      signer: createSigner([secret]),
    })
    expect(sent?.[header]).toBe(headers[header.toLowerCase()])
  })

  test('in one header, the old secret’s beside it while a rotation lasts', async () => {
    const sent = await composeRequest(format, [formatEvent()], { secrets: [secret, older] })
    for (const one of [secret, older])
      expect(await verify({ ...sent, secret: one })).toMatchObject({
        ok: true,
        scheme: format.name,
      })
    const once = await composeRequest(format, [formatEvent()], { secrets: [secret] })
    expect(once.headers).not.toHaveProperty(`${header}-Previous`)
  })
})
