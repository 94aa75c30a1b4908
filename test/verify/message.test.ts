import { expect, test } from 'vitest'
import { base64, utf8 } from '../../src/verify/bytes.ts'
import { isSigned, signatureBase } from '../../src/verify/message.ts'
import { lookup } from '../../src/verify/request.ts'
import { readAttribute, verify, verifyMessage } from '../../src/verify.ts'
import cloudevents from '../fixtures/cloudevents-vectors.json' with { type: 'json' }
import vectors from '../fixtures/signature-vectors.json' with { type: 'json' }

const [webhook, known] = vectors.rfc9421
const now = 1706457600000

const options = (changes: object = {}) => ({
  method: webhook?.method ?? '',
  url: webhook?.url ?? '',
  headers: { ...webhook?.headers },
  body: webhook?.payload ?? '',
  secret: webhook?.publicKey ?? '',
  now,
  ...changes,
})

test('a message signed by ed25519 is genuine', async () => {
  expect(await verifyMessage(options())).toEqual({
    ok: true,
    label: 'tocsin',
    components: ['@method', '@target-uri', 'content-type', 'content-digest', 'webhook-id'],
    timestamp: now,
  })
})

test('whatever of it is changed, it is refused, and says why', async () => {
  const headers = { ...webhook?.headers }
  const uncovered = headers['signature-input']?.replace(' "content-digest"', '')
  for (const [changes, reason] of [
    [{ body: `${webhook?.payload} ` }, 'bad_signature'],
    [{ url: 'https://receiver.example.com/hooks/other' }, 'bad_signature'],
    [{ method: 'PUT' }, 'bad_signature'],
    [{ headers: { ...headers, 'webhook-id': 'msg_other' } }, 'bad_signature'],
    [{ headers: { ...headers, 'webhook-id': undefined } }, 'missing_header'],
    [{ headers: { ...headers, signature: undefined } }, 'missing_header'],
    [{ headers: { ...headers, 'signature-input': uncovered } }, 'malformed'],
    [{ headers: { ...headers, 'signature-input': 'a=(' } }, 'malformed'],
    [{ secret: 'a shared secret' }, 'bad_signature'],
    [{ now: now + 301_000 }, 'too_old'],
    [{ now: now - 301_000 }, 'too_new'],
  ] as const)
    expect(await verifyMessage(options(changes))).toMatchObject({ ok: false, reason })
  expect(await verifyMessage(options({ secret: ['another', webhook?.publicKey] }))).toMatchObject({
    ok: true,
  })
  await expect(verifyMessage(options({ secret: '' }))).rejects.toThrow(TypeError)
})

test('the known answer of RFC 9421, B.2.5, is that of its base', async () => {
  const header = lookup({
    Date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'Content-Type': 'application/json',
  })
  const params = known?.signatureInput?.replace('sig-b25=', '') ?? ''
  const base = signatureBase(
    { components: ['date', '@authority', 'content-type'], params },
    { method: 'POST', url: 'https://example.com/foo?param=Value&Pet=dog', header },
  )
  const code = base64.decode(known?.signature?.slice('sig-b25=:'.length, -1) ?? '')
  expect(
    base && code && (await isSigned(params, [`whsec_${known?.keyBase64}`], code, utf8(base))),
  ).toBe(true)
})

test.each(vectors.content_digest)(
  'the digest of a body is what the vector says: $header',
  async (it) => {
    const digest = await crypto.subtle.digest('SHA-256', utf8(it.payload))
    expect(`sha-256=:${base64.encode(new Uint8Array(digest))}:`).toBe(it.header)
  },
)

test.each(vectors.outpost_default)('outpost: $name verifies, one of several too', async (it) => {
  const { payload: body, secret, headers } = it
  expect(await verify({ headers, body, secret })).toMatchObject({ ok: true, scheme: 'outpost' })
  const [code = ''] = headers['x-outpost-signature'].split('=').slice(1)
  const two = { 'x-outpost-signature': `v0=${'0'.repeat(64)},${code}` }
  expect(await verify({ headers: two, body, secret })).toMatchObject({ ok: true })
  expect(await verify({ headers, body, secret: 'other' })).toMatchObject({ ok: false })
})

test.each(cloudevents.headerDecoding)(
  'a ce- header is read as in the vector: $header',
  ({ header, value }) => {
    expect(readAttribute(header)).toBe(value)
  },
)
