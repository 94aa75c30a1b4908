import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Environment,
  type Fault,
  logLevels,
  readSettings,
  type Settings,
  secretVariables,
} from '../../src/runtimes/environment.ts'

function settings(environment: Environment): Settings {
  const read = readSettings(environment)
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  return read.settings
}
function faults(environment: Environment): readonly Fault[] {
  const read = readSettings(environment)
  return read.ok ? [] : read.faults
}
const blamed = (environment: Environment) => faults(environment).map(({ variable }) => variable)

const key = Uint8Array.from({ length: 32 }, (_, n) => n * 8)
const base64 = Buffer.from(key).toString('base64')
const token = 'sixteen-letters!'
const production = { NODE_ENV: 'production', TOCSIN_TOKEN: token, ENCRYPTION_KEY: base64 }

describe('an empty environment', () => {
  const defaults = {
    port: 3001,
    host: '127.0.0.1',
    database: { kind: 'directory', path: '.tocsin' },
    instances: [],
    pollIntervalMs: 5000,
    instanceTimeoutMs: 3000,
    token: undefined,
    tier: 'community',
    licence: undefined,
    encryptionKey: undefined,
    previousKeys: [],
    allowTargets: [],
    production: false,
    sender: { environment: 'development' },
    retentionDays: 30,
    rateLimits: { create: 25, test: 10, retry: 20 },
    logLevel: 'info',
    logFormat: undefined,
  }

  it('gives every setting its default', () => {
    expect(readSettings({})).toEqual({ ok: true, settings: defaults })
  })

  it('is one whose variables are all empty or blank, too', () => {
    const names = [
      ...['PORT', 'HOST', 'DATABASE_URL', 'VALKEY_URL', 'POLL_INTERVAL_MS', 'INSTANCE_TIMEOUT_MS'],
      ...['TOCSIN_TOKEN', 'TOCSIN_TIER', 'TOCSIN_LICENSE', 'TOCSIN_LICENSE_PUBLIC_KEY'],
      ...['ENCRYPTION_KEY', 'ENCRYPTION_KEY_PREVIOUS', 'ALLOW_TARGETS', 'NODE_ENV'],
      'RETENTION_DAYS',
      ...['LOG_LEVEL', 'LOG_FORMAT'],
    ]
    for (const blank of ['', '  ', '\n'])
      expect(settings(Object.fromEntries(names.map((name) => [name, blank])))).toEqual(defaults)
  })
})

describe('a whole number', () => {
  it.each([
    ['PORT', 'port', 0, 65_535],
    ['POLL_INTERVAL_MS', 'pollIntervalMs', 100, 86_400_000],
    ['INSTANCE_TIMEOUT_MS', 'instanceTimeoutMs', 100, 60_000],
    ['RETENTION_DAYS', 'retentionDays', 1, 36_500],
  ] as const)('%s is %s, from %i to %i', (variable, name, least, most) => {
    const usual = settings({})[name]
    expect(settings({ [variable]: String(least) })[name]).toBe(least)
    expect(settings({ [variable]: String(most) })[name]).toBe(most)
    expect(settings({ [variable]: ` ${usual + 1} ` })[name]).toBe(usual + 1)
    for (const value of [least - 1, most + 1, least + 0.5, '1e3', '0x100', '1_000', '5s', '+200'])
      expect(faults({ [variable]: String(value) })).toEqual([
        {
          variable,
          problem: `"${value}" is not a whole number from ${least} to ${most}`,
          example: `${variable}=${usual}`,
        },
      ])
  })
})

describe('a choice', () => {
  it.each([
    ['TOCSIN_TIER', 'tier', ['community', 'pro', 'enterprise']],
    ['LOG_LEVEL', 'logLevel', ['debug', 'info', 'warning', 'error']],
    ['LOG_FORMAT', 'logFormat', ['pretty', 'json']],
  ] as const)('%s is one of %3$j', (variable, name, choices) => {
    for (const choice of choices) expect(settings({ [variable]: choice })[name]).toBe(choice)
    for (const value of ['gold', String(choices[0]).toUpperCase()])
      expect(faults({ [variable]: value })).toEqual([
        {
          variable,
          problem: `"${value}" is none of ${choices.join(', ')}`,
          example: `${variable}=${choices[0]}`,
        },
      ])
  })

  it('of a log level is of those there are', () => {
    expect(logLevels).toEqual(['debug', 'info', 'warning', 'error'])
  })
})

describe('HOST', () => {
  it('is where to listen', () => {
    expect(settings({ HOST: ' 0.0.0.0 ' }).host).toBe('0.0.0.0')
    expect(settings({ HOST: '::1' }).host).toBe('::1')
  })
})

describe('DATABASE_URL', () => {
  it.each([
    ['postgres://u:p@db:5432/tocsin', 'postgres'],
    ['postgresql://db/tocsin?sslmode=require', 'postgres'],
  ])('%s is a PostgreSQL server', (url, kind) => {
    expect(settings({ DATABASE_URL: url }).database).toEqual({ kind, url })
  })

  it.each(['data', './data/tocsin', '/var/lib/tocsin', 'C:\\tocsin'])(
    '%s is a directory',
    (path) => {
      expect(settings({ DATABASE_URL: path }).database).toEqual({ kind: 'directory', path })
    },
  )

  it('memory:// is nothing that lasts', () => {
    expect(settings({ DATABASE_URL: 'memory://' }).database).toEqual({ kind: 'memory' })
  })

  it.each([
    ['mysql://u:hidden@db/tocsin', 'is neither postgres://, memory:// nor a directory'],
    ['file:///var/lib/tocsin', 'is neither postgres://, memory:// nor a directory'],
    ['memory://tocsin', 'is neither postgres://, memory:// nor a directory'],
    ['postgres://u:hid#den@db/tocsin', 'is not a valid URL'],
    ['postgres://db:port/tocsin', 'is not a valid URL'],
  ])('%s is refused', (url, problem) => {
    expect(faults({ DATABASE_URL: url })).toEqual([
      {
        variable: 'DATABASE_URL',
        problem,
        example: 'DATABASE_URL=postgres://user:password@host:5432/tocsin',
      },
    ])
  })
})

describe('VALKEY_URL', () => {
  it('lists instances, named by ?name= or by their address', () => {
    const cache = 'rediss://user:p%2Cw@Cache.example.com:6380/1?name=cache'
    expect(
      settings({ VALKEY_URL: `redis://localhost, ${cache},,valkey://[::1]:7000,` }),
    ).toMatchObject({
      instances: [
        { url: 'redis://localhost', host: 'localhost', port: 6379, name: 'localhost:6379' },
        { url: cache, host: 'cache.example.com', port: 6380, name: 'cache' },
        { url: 'valkey://[::1]:7000', host: '::1', port: 7000, name: '::1:7000' },
      ],
    })
  })

  it('names each URL that cannot be used by its place, and the fault', () => {
    const list = 'localhost, redis://ok, http://u:hidden@web, redis://u:hid%zz@host'
    expect(faults({ VALKEY_URL: list })).toEqual(
      [/^URL 1: Not a URL/, /^URL 3: Unknown scheme/, /^URL 4: .*percent-encoded/].map(
        (problem) => ({
          variable: 'VALKEY_URL',
          problem: expect.stringMatching(problem),
          example: 'VALKEY_URL=redis://user:password@localhost:6379?name=cache',
        }),
      ),
    )
  })
})

describe('TOCSIN_TOKEN', () => {
  it('is a text of any kind, without the white space around it', () => {
    expect(settings({ TOCSIN_TOKEN: ` ${token}\n` }).token).toBe(token)
    expect(settings({ TOCSIN_TOKEN: 'a' }).token).toBe('a')
  })
})

describe('TOCSIN_LICENSE', () => {
  it('comes with the public key it is checked with', () => {
    const licence = { TOCSIN_LICENSE: 'a.b.c', TOCSIN_LICENSE_PUBLIC_KEY: 'MCow' }
    expect(settings(licence).licence).toEqual({ text: 'a.b.c', publicKey: 'MCow' })
    expect(settings({ TOCSIN_LICENSE_PUBLIC_KEY: 'MCow' }).licence).toBeUndefined()
    expect(faults({ TOCSIN_LICENSE: 'a.b.c' })).toEqual([
      {
        variable: 'TOCSIN_LICENSE_PUBLIC_KEY',
        problem: 'is required to check TOCSIN_LICENSE',
        example: 'TOCSIN_LICENSE_PUBLIC_KEY=MCowBQYDK2VwAyEA...',
      },
    ])
  })
})

describe('ENCRYPTION_KEY', () => {
  it('is the base64 of 32 bytes, its last sign left out or not', () => {
    expect(settings({ ENCRYPTION_KEY: base64 }).encryptionKey).toEqual(key)
    expect(settings({ ENCRYPTION_KEY: base64.replace('=', '') }).encryptionKey).toEqual(key)
  })

  it.each([31, 33, 16, 0, 64].map((length) => Buffer.alloc(length || 1, 7).toString('base64')))(
    'is refused as %s',
    (value) => {
      expect(faults({ ENCRYPTION_KEY: value })).toEqual([
        {
          variable: 'ENCRYPTION_KEY',
          problem: 'is not the base64 of 32 bytes',
          example: 'ENCRYPTION_KEY="$(openssl rand -base64 32)"',
        },
      ])
    },
  )

  it('is refused in hexadecimal and with signs that base64 does not have', () => {
    expect(blamed({ ENCRYPTION_KEY: Buffer.from(key).toString('hex') })).toEqual(['ENCRYPTION_KEY'])
    expect(blamed({ ENCRYPTION_KEY: base64.replace('A', '-') })).toEqual(['ENCRYPTION_KEY'])
  })
})

describe('ENCRYPTION_KEY_PREVIOUS', () => {
  const older = Buffer.alloc(32, 7).toString('base64')

  it('lists the keys before it', () => {
    const environment = { ENCRYPTION_KEY: base64, ENCRYPTION_KEY_PREVIOUS: `${older}, ${base64}` }
    const keys = { encryptionKey: key, previousKeys: [new Uint8Array(32).fill(7), key] }
    expect(settings(environment)).toMatchObject(keys)
  })

  it('says which of them is none', () => {
    expect(
      faults({ ENCRYPTION_KEY: base64, ENCRYPTION_KEY_PREVIOUS: `${older},short` }),
    ).toMatchObject([
      { variable: 'ENCRYPTION_KEY_PREVIOUS', problem: 'key 2 is not the base64 of 32 bytes' },
    ])
    expect(blamed({ ENCRYPTION_KEY: base64, ENCRYPTION_KEY_PREVIOUS: `${older},` })).toEqual([
      'ENCRYPTION_KEY_PREVIOUS',
    ])
  })

  it('is nothing without a key to store new secrets with', () => {
    expect(faults({ ENCRYPTION_KEY_PREVIOUS: older })).toMatchObject([
      { variable: 'ENCRYPTION_KEY', problem: 'is required beside ENCRYPTION_KEY_PREVIOUS' },
    ])
  })
})

describe('ALLOW_TARGETS', () => {
  it('lists networks', () => {
    expect(settings({ ALLOW_TARGETS: '10.0.0.0/8, fd00::/8,192.168.1.5' }).allowTargets).toEqual([
      '10.0.0.0/8',
      'fd00::/8',
      '192.168.1.5/32',
    ])
  })

  it('is refused where one is none', () => {
    expect(faults({ ALLOW_TARGETS: '10.0.0.0/8,intranet' })).toEqual([
      {
        variable: 'ALLOW_TARGETS',
        problem: expect.stringMatching(/^intranet is not a CIDR/),
        example: 'ALLOW_TARGETS=10.0.0.0/8,192.168.1.5/32',
      },
    ])
  })
})

describe('production', () => {
  it('is what NODE_ENV says, and nothing else is', () => {
    expect(settings(production)).toMatchObject({ production: true, token, encryptionKey: key })
    for (const NODE_ENV of ['development', 'test', 'PRODUCTION'])
      expect(settings({ NODE_ENV }).production).toBe(false)
  })

  it('requires a token and a key', () => {
    expect(faults({ NODE_ENV: 'production' })).toEqual([
      {
        variable: 'TOCSIN_TOKEN',
        problem: 'is required in production',
        example: 'TOCSIN_TOKEN=a-long-random-string',
      },
      {
        variable: 'ENCRYPTION_KEY',
        problem: 'is required in production',
        example: 'ENCRYPTION_KEY="$(openssl rand -base64 32)"',
      },
    ])
    expect(blamed({ ...production, TOCSIN_TOKEN: ' ' })).toEqual(['TOCSIN_TOKEN'])
    expect(blamed({ ...production, ENCRYPTION_KEY: '' })).toEqual(['ENCRYPTION_KEY'])
  })
})

describe('what is wrong', () => {
  it('is said all at once', () => {
    const wrong = {
      PORT: 'http',
      DATABASE_URL: 'mysql://db',
      VALKEY_URL: 'localhost,example.com',
      POLL_INTERVAL_MS: '99',
      INSTANCE_TIMEOUT_MS: '0',
      RETENTION_DAYS: '0',
      TOCSIN_TIER: 'gold',
      TOCSIN_LICENSE: 'a.b.c',
      ENCRYPTION_KEY: 'short',
      ALLOW_TARGETS: 'all',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'xml',
    }
    expect(blamed(wrong).sort()).toEqual(
      [
        ...Object.keys(wrong).filter((name) => name !== 'TOCSIN_LICENSE'),
        'TOCSIN_LICENSE_PUBLIC_KEY',
        'VALKEY_URL',
      ].sort(),
    )
  })

  it('is one line for each fault, with an example that is accepted', () => {
    const wrong = { PORT: '-1', LOG_LEVEL: 'loud', TOCSIN_TIER: 'gold', ALLOW_TARGETS: 'all' }
    for (const { variable, problem, example } of faults({ ...wrong, DATABASE_URL: 'a://b' })) {
      expect(`${problem}${example}`).not.toContain('\n')
      expect(example.startsWith(`${variable}=`)).toBe(true)
      expect(faults({ [variable]: example.slice(variable.length + 1) })).toEqual([])
    }
  })

  it('never repeats the value of a secret', () => {
    const letters = fc.constantFrom(...'abcXYZ0189+/=@#%&.-,?: ')
    const hidden = fc.string({ unit: letters, maxLength: 12 }).map((it) => `q7${it}7q`)
    const forms = fc.constantFrom(
      (it: string) => it,
      (it: string) => `redis://user:${it}@host:port`,
      (it: string) => `redis://${it}@host`,
      (it: string) => `postgres://u:${it}@db:no/x`,
      (it: string) => `mysql://u:${it}@db/x`,
      (it: string) => `http://u:${it}@web`,
    )
    const values = fc.array(fc.tuple(forms, hidden), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(values, fc.boolean(), (given, live) => {
        const environment = Object.fromEntries(
          secretVariables.map((name, n) => {
            const [form, secret] = given[n] ?? [String, '']
            return [name, form(secret)]
          }),
        )
        const said = JSON.stringify(
          faults({ ...environment, ...(live && { NODE_ENV: 'production' }) }),
        )
        expect(said).not.toContain('q7')
        expect(said).not.toContain('7q')
      }),
    )
  })
})

describe('RATE_LIMITS', () => {
  it('is off, or changes what it names', () => {
    expect(settings({ RATE_LIMITS: 'off' }).rateLimits).toBeUndefined()
    expect(settings({ RATE_LIMITS: 'test=1' }).rateLimits).toEqual({
      create: 25,
      test: 1,
      retry: 20,
    })
  })

  it('is refused with the part that is wrong', () => {
    expect(faults({ RATE_LIMITS: 'create=25,tset=1' })).toEqual([
      {
        variable: 'RATE_LIMITS',
        problem: '"tset=1" is none of create=, test=, retry=, nor off',
        example: 'RATE_LIMITS=create=25,test=10,retry=20',
      },
    ])
  })
})

describe('ALLOW_SECRETS', () => {
  const production = {
    NODE_ENV: 'production',
    TOCSIN_TOKEN: 'a-token-of-the-tests-0123456789',
    ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  }

  it('lists what webhooks may use: everything by default, in production nothing', () => {
    expect(settings({}).allowSecrets).toBeUndefined()
    expect(settings(production).allowSecrets).toEqual([])
    const ALLOW_SECRETS = 'HOOK_*, A,/run/secrets/'
    expect(settings({ ...production, ALLOW_SECRETS }).allowSecrets).toEqual([
      'HOOK_*',
      'A',
      '/run/secrets/',
    ])
  })

  it('names what is neither a variable nor a path', () => {
    for (const ALLOW_SECRETS of ['*', 'secrets/hook', 'A,,B'])
      expect(faults({ ALLOW_SECRETS })).toMatchObject([{ variable: 'ALLOW_SECRETS' }])
  })
})
