import { describe, expect, it } from 'vitest'
import { scrub } from '../../src/rules/scrub.ts'

describe('a scrubbed text', () => {
  it.each([
    ['boom with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=, again', 'boom with whsec_***, again'],
    ['{"token":"toc_a-B_c9d8"}', '{"token":"toc_***"}'],
    ['connect redis://user:hunter2@h:6379 failed', 'connect redis://user:***@h:6379 failed'],
    ['"postgres://:p%40ss@h/db"', '"postgres://:***@h/db"'],
    ['authorization: Bearer abc.def-123', 'authorization: Bearer ***'],
    ['Basic dXNlcjpwYXNz', 'Basic ***'],
  ])('shows no secret of %s', (text, scrubbed) => {
    expect(scrub(text)).toBe(scrubbed)
  })

  it.each([
    'Send a token: Authorization: Bearer <token>.',
    'http://127.0.0.1:3001/api/webhooks',
    'redis://cache.test:6379?name=a@b',
    'whsec_ and a base64 of 32 bytes',
  ])('keeps %s', (text) => {
    expect(scrub(text)).toBe(text)
  })
})
