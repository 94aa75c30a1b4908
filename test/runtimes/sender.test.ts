import { expect, test } from 'vitest'
import { readSettings } from '../../src/runtimes/environment.ts'

function senderOf(environment: Record<string, string>) {
  const read = readSettings({
    ENCRYPTION_KEY: btoa('x'.repeat(32)),
    TOCSIN_TOKEN: 'sixteen-letters!',
    ...environment,
  })
  return read.ok ? read.settings.sender : read.faults
}

test('payloads carry the account, the environment and links where those are said', () => {
  expect(
    senderOf({
      NODE_ENV: 'production',
      TOCSIN_ACCOUNT_ID: 'acc_1',
      TOCSIN_ENVIRONMENT: 'staging',
      PUBLIC_URL: 'https://tocsin.example.com/ops//',
    }),
  ).toEqual({
    accountId: 'acc_1',
    environment: 'staging',
    publicUrl: 'https://tocsin.example.com/ops',
  })
})

test('the environment is that of NODE_ENV where nothing else is said', () => {
  expect(senderOf({ NODE_ENV: 'production' })).toEqual({ environment: 'production' })
  expect(senderOf({})).toEqual({ environment: 'development' })
})

test.each(['tocsin.example.com', 'ftp://tocsin.example.com', 'https://'])(
  'PUBLIC_URL is no %s',
  (PUBLIC_URL) => {
    expect(senderOf({ PUBLIC_URL })).toMatchObject([{ variable: 'PUBLIC_URL' }])
  },
)
