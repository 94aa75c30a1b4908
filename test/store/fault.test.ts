import { DrizzleQueryError, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { databaseUnavailable, withoutParameters } from '../../src/store/fault.ts'
import { createDatabase } from '../support/databases.ts'
import { useDatabase } from '../support/fixtures.ts'

const database = useDatabase()
const coded = (code: string) => Object.assign(new Error('something'), { code })
const failed = (cause: Error) => new DrizzleQueryError('select $1', ['s3cret'], cause)

async function rejection(query: Promise<unknown>): Promise<unknown> {
  return query.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('the database is unavailable', () => {
  test.each([
    '08006',
    '53300',
    '57P01',
    '57P03',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EAI_AGAIN',
    'ENOTFOUND',
    'CONNECT_TIMEOUT',
    'CONNECTION_ENDED',
    'CONNECTION_CLOSED',
  ])('for %s, in a query and outside one', (code) => {
    expect(databaseUnavailable(coded(code))).toBe(true)
    expect(databaseUnavailable(failed(coded(code)))).toBe(true)
  })

  test('for a query whose driver fails without saying how', () => {
    expect(databaseUnavailable(failed(new Error('the socket is gone')))).toBe(true)
  })

  test('once it is closed, in a query and in a transaction', async () => {
    const { db, close } = await createDatabase()
    await close()
    expect(databaseUnavailable(await rejection(db.execute(sql`select 1`)))).toBe(true)
    const transaction = db.transaction((tx) => tx.execute(sql`select 1`))
    expect(databaseUnavailable(await rejection(transaction))).toBe(true)
  })
})

describe('the database is there', () => {
  test.each(['23505', '22021', '42P01', '40001', '57014', 'UNDEFINED_VALUE'])('for %s', (code) => {
    expect(databaseUnavailable(coded(code))).toBe(false)
    expect(databaseUnavailable(failed(coded(code)))).toBe(false)
  })

  test('for errors of our own', () => {
    for (const error of [new Error('x'), new TypeError('x'), failed(new TypeError('x')), 'x', null])
      expect(databaseUnavailable(error)).toBe(false)
  })

  test('for a query it refuses', async () => {
    const refused = await rejection(database.db.execute(sql`select * from no_such_table`))
    expect(refused).toBeInstanceOf(Error)
    expect(databaseUnavailable(refused)).toBe(false)
  })
})

test('what is logged of a failed query names its cause and its text, and no parameter', () => {
  const shown = withoutParameters(failed(coded('23505')))
  expect(shown).toBeInstanceOf(Error)
  const { message, stack } = shown instanceof Error ? shown : new Error()
  expect(message).toBe('something (23505), in: select $1')
  expect(stack).not.toContain('s3cret')
})

test('any other error is logged as it is', () => {
  const error = new Error('x')
  expect(withoutParameters(error)).toBe(error)
  expect(withoutParameters('text')).toBe('text')
})
