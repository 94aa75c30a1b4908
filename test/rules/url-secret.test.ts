import { expect, test } from 'vitest'
import { bearsUrlSecret, concealUrl, looksConcealed } from '../../src/rules/url-secret.ts'

test.each([
  'https://example.com/hook?access_token=x',
  'https://example.com/hook?a=b&api-key=x',
  'https://example.com/?X-Signature=x',
  'https://example.com/?sig=x',
  'https://example.com/?code=x',
  'https://hooks.zapier.com/hooks/catch/1/x/',
  'https://hook.eu1.make.com/x',
])('%s bears a secret, and none of it is shown', (url) => {
  expect(bearsUrlSecret(url)).toBe(true)
  const shown = concealUrl(url)
  expect(shown).toMatch(/^https:\/\/[a-z0-9.]+\/\*\*\*$/)
  expect(looksConcealed(shown)).toBe(true)
})

test.each([
  'https://example.com/hook?x=1',
  'https://example.com/hook?design=flat&zipcode=1&author=a&monkey=b',
  'https://zapier.com/',
])('%s bears none', (url) => {
  expect(bearsUrlSecret(url)).toBe(false)
})
