import { DrizzleQueryError } from 'drizzle-orm/errors'
import { describe, expect, it } from 'vitest'
import { describeError } from '../../src/rules/describe-error.ts'

describe('a described error', () => {
  it('is its message', () => {
    expect(describeError(new TypeError('no such thing'))).toBe('no such thing')
  })

  it('is the message it was thrown with, also where another error lies underneath', () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:5432')
    const error = new Error('The database cannot be used. Check DATABASE_URL.', { cause })
    expect(describeError(error)).toBe('The database cannot be used. Check DATABASE_URL.')
  })

  it('is one line', () => {
    expect(describeError(new Error('first\nsecond\nthird'))).toBe('first')
  })

  it('is the name of an error that says nothing', () => {
    expect(describeError(new RangeError())).toBe('RangeError')
  })

  it('is the text of anything else that was thrown', () => {
    expect(describeError('a text')).toBe('a text')
    expect(describeError(42)).toBe('42')
    expect(describeError(undefined)).toBe('undefined')
  })

  it('is the first of several', () => {
    const errors = [new Error('::1 refused'), new Error('127.0.0.1 refused')]
    expect(describeError(new AggregateError(errors))).toBe('::1 refused')
    expect(describeError(new AggregateError([], 'all of them failed'))).toBe('all of them failed')
  })

  it('is what the database said of a failed query, never the query or its parameters', () => {
    const query = 'insert into "webhooks" values ($1)'
    const said = new Error('relation "webhooks" does not exist')
    const failed = new DrizzleQueryError(query, ['whsec_hidden'], said)
    expect(failed.message).toContain('whsec_hidden')
    expect(describeError(failed)).toBe('relation "webhooks" does not exist')
    const silent = new DrizzleQueryError(query, ['whsec_hidden'])
    expect(describeError(silent)).toBe('A database query failed.')
  })

  it('is what underlies a failed query also where that is several errors', () => {
    const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:5432')])
    expect(describeError(new DrizzleQueryError('select 1', [], refused))).toBe(
      'connect ECONNREFUSED ::1:5432',
    )
  })
})
