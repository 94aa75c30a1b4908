import { PgDialect } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resultRows, rows, storedJson, storedText } from '../../src/store/rows.ts'

/** Any UTF-16 there is: control characters, backslashes, halves of surrogate pairs. */
const unit = fc.oneof(
  fc.nat(0xffff).map((code) => String.fromCharCode(code)),
  fc.constantFrom(
    '\u0000',
    '\\',
    '"',
    'u0000',
    '\\u0000',
    '\ud800',
    '\udfff',
    'ud800',
    '\ud83d\ude00',
  ),
)
const texts = fc.string({ unit })
/** What Postgres can store of it. */
const storable = (text: string) => text.replace(/[\u{d800}-\u{dfff}\0]/gu, '\ufffd')

describe('JSON fit for Postgres', () => {
  it.each([
    ['a text', '"a text"'],
    ['a\u0000b', '"a\\ufffdb"'],
    ['\u0000\u0000', '"\\ufffd\\ufffd"'],
    ['\ud800', '"\\ufffd"'],
    ['\udc00x', '"\\ufffdx"'],
    ['\udfff\ud800', '"\\ufffd\\ufffd"'],
    ['\ud83d\ude00', '"\ud83d\ude00"'],
    ['\\u0000', '"\\\\u0000"'],
    ['\\\u0000', '"\\\\\\ufffd"'],
    ['\\\\u0000', '"\\\\\\\\u0000"'],
    ['\\ud800', '"\\\\ud800"'],
    ['\u0001\u001f\n', '"\\u0001\\u001f\\n"'],
    ['"\\u0000"', '"\\"\\\\u0000\\""'],
  ])('of %j is %s', (value, json) => {
    expect(storedJson(value)).toBe(json)
  })

  it('stands for the same text, but for what Postgres refuses', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(JSON.parse(storedJson(text))).toBe(storable(text))
      }),
    )
  })

  it('holds no NUL and no half of a surrogate pair, however deep it lies', () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        texts,
        fc.nat(),
        fc.array(tie('tree')),
        fc.dictionary(texts, tie('tree')),
      ),
    }))
    fc.assert(
      fc.property(tree, (value) => {
        const json = storedJson(value)
        expect(json).not.toMatch(/[\u{d800}-\u{dfff}\0]/u)
        // Undoes escaped backslashes, which may stand before any text.
        expect(json.replaceAll('\\\\', '')).not.toMatch(/\\u0000|\\ud[89a-f]/i)
        expect(() => JSON.parse(json)).not.toThrow()
      }),
    )
  })

  it('keeps keys like values', () => {
    expect(storedJson({ 'a\u0000': '\ud800' })).toBe('{"a\\ufffd":"\\ufffd"}')
  })

  it('leaves JSON within a text as it is', () => {
    const inner = JSON.stringify({ text: 'a\u0000b' })
    expect(JSON.parse(storedJson({ inner })).inner).toBe(inner)
  })
})

describe('text fit for Postgres', () => {
  it('has no NUL', () => {
    expect(storedText('a\u0000b\u0000')).toBe('a\ufffdb\ufffd')
    expect(storedText('Größe 🚨\n')).toBe('Größe 🚨\n')
  })
})

describe('rows', () => {
  const dialect = new PgDialect()

  it('are one parameter, with the columns and types given', () => {
    const query = dialect.sqlToQuery(
      rows({ id: 'uuid', name: 'text', n: 'int' }, [
        { id: 'a', name: "it's \u0000", n: 1 },
        { id: 'b', name: '$1', n: null },
      ]),
    )
    expect(query.sql).toBe('json_to_recordset($1::json) as u("id" uuid, "name" text, "n" int)')
    expect(query.params).toEqual([
      `[{"id":"a","name":"it's \\ufffd","n":1},{"id":"b","name":"$1","n":null}]`,
    ])
  })

  it('may be none', () => {
    expect(dialect.sqlToQuery(rows({ id: 'uuid' }, [])).params).toEqual(['[]'])
  })
})

describe('the rows of a result', () => {
  it('are the result itself, or within it', () => {
    expect(resultRows([{ id: 1 }])).toEqual([{ id: 1 }])
    expect(resultRows({ rows: [{ id: 1 }], affectedRows: 0 })).toEqual([{ id: 1 }])
  })

  it.each([[undefined], [null], [{}], [{ rows: 3 }], ['rows']])('are not there in %j', (result) => {
    expect(() => resultRows(result)).toThrow('The database driver returned no rows.')
  })
})
