import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secretVariables } from '../../src/runtimes/environment.ts'
import { readSecretFiles } from '../../src/runtimes/server/secret-files.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-secrets-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

describe('NAME_FILE', () => {
  it.each(secretVariables)('of %s is read, without the line end', (name) => {
    const path = file(name, ' the secret\r\n')
    const { environment, faults } = readSecretFiles({ PORT: '1', [`${name}_FILE`]: path })
    expect(environment).toMatchObject({ PORT: '1', [name]: 'the secret' })
    expect(faults).toEqual([])
  })

  it('is read for every secret variable there is', () => {
    expect(secretVariables).toEqual([
      'DATABASE_URL',
      'VALKEY_URL',
      'TOCSIN_TOKEN',
      'TOCSIN_LICENSE',
      'ENCRYPTION_KEY',
      'ENCRYPTION_KEY_PREVIOUS',
      'OTEL_EXPORTER_OTLP_HEADERS',
      'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
    ])
  })

  it('of a variable that is no secret is not read', () => {
    const given = { PORT_FILE: file('port', '1') }
    expect(readSecretFiles(given)).toEqual({ environment: given, faults: [] })
  })

  it('that is empty or blank counts as absent', () => {
    const given = { TOCSIN_TOKEN: 'a', TOCSIN_TOKEN_FILE: '', VALKEY_URL_FILE: ' ' }
    expect(readSecretFiles(given)).toEqual({ environment: given, faults: [] })
  })

  it('is read beside a NAME that is empty or blank', () => {
    const path = file('token', 'the token')
    for (const TOCSIN_TOKEN of ['', ' ']) {
      const read = readSecretFiles({ TOCSIN_TOKEN, TOCSIN_TOKEN_FILE: path })
      expect(read.environment).toMatchObject({ TOCSIN_TOKEN: 'the token' })
      expect(read.faults).toEqual([])
    }
  })

  it('is refused beside a NAME that is set, and neither value is told', () => {
    const path = file('both', 'the secret')
    const read = readSecretFiles({ TOCSIN_TOKEN: 'hidden', TOCSIN_TOKEN_FILE: path })
    expect(read.environment).toMatchObject({ TOCSIN_TOKEN: 'hidden' })
    expect(read.faults).toEqual([
      {
        variable: 'TOCSIN_TOKEN_FILE',
        problem: 'and TOCSIN_TOKEN are both set: keep one',
        example: 'TOCSIN_TOKEN_FILE=/run/secrets/tocsin_token',
      },
    ])
  })

  it('is refused where it cannot be read, all of them at once', () => {
    const missing = join(directory, 'missing')
    const { faults } = readSecretFiles({
      TOCSIN_TOKEN_FILE: missing,
      ENCRYPTION_KEY_FILE: directory,
    })
    expect(faults).toEqual([
      {
        variable: 'TOCSIN_TOKEN_FILE',
        problem: expect.stringMatching(/^cannot be read: ENOENT.*missing/),
        example: 'TOCSIN_TOKEN_FILE=/run/secrets/tocsin_token',
      },
      {
        variable: 'ENCRYPTION_KEY_FILE',
        problem: expect.stringMatching(/^cannot be read: EISDIR/),
        example: 'ENCRYPTION_KEY_FILE=/run/secrets/encryption_key',
      },
    ])
  })

  it('is refused where the file is empty, rather than taken for no secret at all', () => {
    const read = readSecretFiles({ TOCSIN_TOKEN_FILE: file('empty', ' \n') })
    expect(read.environment).not.toHaveProperty('TOCSIN_TOKEN')
    expect(read.faults).toEqual([
      {
        variable: 'TOCSIN_TOKEN_FILE',
        problem: 'names an empty file',
        example: 'TOCSIN_TOKEN_FILE=/run/secrets/tocsin_token',
      },
    ])
  })

  it('leaves what it was given unchanged', () => {
    const given = Object.freeze({ TOCSIN_TOKEN_FILE: file('frozen', 'the token') })
    expect(readSecretFiles(given).environment).toEqual({ ...given, TOCSIN_TOKEN: 'the token' })
  })
})
