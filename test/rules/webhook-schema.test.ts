import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvent } from '../../src/plugin/event.ts'
import { definePlugin } from '../../src/plugin/plugin.ts'
import { createCatalog } from '../../src/rules/catalog.ts'
import { defaultRetryPolicy } from '../../src/rules/retry.ts'
import { webhookSchemas } from '../../src/rules/webhook-schema.ts'

const heat = defineEvent({
  type: 'heat.high',
  tier: 'community',
  severity: 'warning',
  summary: 'It is hot.',
  data: z.object({ value: z.number() }),
  example: { value: 50, threshold: 40, message: 'hot' },
  threshold: { key: 'heatDegrees', default: 40, min: 5, max: 60, value: ({ value }) => value },
  message: () => 'hot',
})
const cold = defineEvent({
  type: 'cold.low',
  tier: 'pro',
  severity: 'info',
  summary: 'It is cold.',
  data: z.object({ value: z.number() }),
  example: { value: 1, message: 'cold' },
  message: () => 'cold',
})
const catalog = createCatalog([definePlugin({ name: 'weather', events: [heat, cold] })])

const addresses: Readonly<Record<string, string[]>> = {
  'inside.example.com': ['93.184.216.34', '10.0.0.5'],
  'outside.example.com': ['93.184.216.34'],
}
const { create, update } = webhookSchemas({
  catalog,
  policy: { production: true, allow: [] },
  formats: ['betterdb', 'other'],
  resolve: async (host) => addresses[host] ?? [],
})

const least = { name: 'n', url: 'https://hooks.example.com/x', events: ['heat.high'] }

/** What is wrong with a new webhook, by field. */
async function faults(input: unknown): Promise<Record<string, string>> {
  const result = await create.safeParseAsync(input)
  const issues = result.success ? [] : result.error.issues
  return Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), message]))
}

test('what is left out has its default', async () => {
  expect(await create.parseAsync(least)).toEqual({
    ...least,
    enabled: true,
    headers: {},
    retryPolicy: defaultRetryPolicy,
    format: 'betterdb',
    eventsPolicy: 'include',
  })
})

test('a change holds only what was given', async () => {
  expect(await update.parseAsync({})).toEqual({})
  expect(await update.parseAsync({ enabled: false })).toEqual({ enabled: false })
})

test('a partial retry policy is completed with the defaults', async () => {
  const { retryPolicy } = await create.parseAsync({ ...least, retryPolicy: { maxRetries: 5 } })
  expect(retryPolicy).toEqual({ ...defaultRetryPolicy, maxRetries: 5 })
  const change = await update.parseAsync({ retryPolicy: { schedule: [30_000, 300_000] } })
  expect(change.retryPolicy).toEqual({ ...defaultRetryPolicy, schedule: [30_000, 300_000] })
})

test('events are taken once each, in their order', async () => {
  const events = ['cold.low', 'heat.high', 'cold.low']
  expect((await create.parseAsync({ ...least, events })).events).toEqual(['cold.low', 'heat.high'])
})

test('operational events can be subscribed to', async () => {
  expect(await faults({ ...least, events: ['alert.resolved'] })).toEqual({})
})

describe('a field at its bound passes, and one past it does not:', () => {
  test.each<[path: string, inside: readonly unknown[], outside: readonly unknown[]]>([
    ['name', ['a', 'a'.repeat(255), ` ${'a'.repeat(255)} `], ['', '   ', 'a'.repeat(256), 1, null]],
    ['secret', ['s', 's'.repeat(512)], ['', 's'.repeat(513), 'whsec_abc1***']],
    ['enabled', [true, false], ['true', 1]],
    ['events', [['heat.high']], [[], 'heat.high']],
    ['retryPolicy.maxRetries', [0, 20], [-1, 21, 1.5, '3']],
    ['retryPolicy.initialDelayMs', [100, 3_600_000], [99, 3_600_001, 100.5]],
    ['retryPolicy.backoffMultiplier', [1, 1.5, 10], [0.99, 10.01]],
    ['retryPolicy.maxDelayMs', [100, 86_400_000], [99, 86_400_001, 100.5]],
    ['retryPolicy.schedule', [[100], Array(20).fill(604_800_000)], [[], Array(21).fill(100)]],
    ['retryPolicy.schedule.0', [], [99, 604_800_001, 100.5]],
    ['deliveryConfig.timeoutMs', [1000, 120_000], [999, 120_001, 1000.5]],
    ['deliveryConfig.maxResponseBodyBytes', [1000, 100_000], [999, 100_001, 1000.5]],
    ['alertConfig.hysteresisFactor', [0.5, 0.99], [0.49, 0.991]],
    ['thresholds.heatDegrees', [5, 60], [4, 61, 5.5]],
    ['format', ['betterdb', 'other'], ['another', '']],
    ['eventsPolicy', ['include', 'exclude'], ['only']],
    ['level', ['info', 'warning', 'error', 'critical'], ['fatal', null]],
    ['instances', [['a'], { team: 'x' }, { team: '' }], [[], {}, 'a', [1], { team: 1 }]],
  ])('%s', async (path, inside, outside) => {
    const [first = '', ...rest] = path.split('.')
    const nest = (value: unknown) => {
      const inner = rest.reduceRight<unknown>(
        (held, key) => (/^\d+$/.test(key) ? [held] : { [key]: held }),
        value,
      )
      return { ...least, [first]: inner }
    }
    for (const value of inside) expect(await faults(nest(value))).toEqual({})
    for (const value of outside) {
      const found = Object.keys(await faults(nest(value)))
      expect(found, JSON.stringify(value)).not.toHaveLength(0)
      expect(found.every((it) => it.startsWith(path))).toBe(true)
    }
  })
})

test('every field is judged, however many are wrong', async () => {
  const found = await faults({
    name: '',
    url: 'http://hooks.example.com',
    secret: 'abcd***',
    events: ['heat.high', 'no.such', 7],
    enabled: 'yes',
    headers: { Host: 'a', 'bad name': 'b', 'X-Number': 7 },
    retryPolicy: { maxRetries: 21, initialDelayMs: 99, attempts: 3 },
    deliveryConfig: { timeoutMs: 1 },
    alertConfig: { hysteresisFactor: 1 },
    thresholds: { heatDegrees: 100, coldDegrees: 1 },
    format: 'smoke',
    level: 'loud',
    eventsPolicy: 'some',
    instances: 7,
    nonsense: 1,
  })
  expect(Object.keys(found).sort()).toEqual(
    [
      '',
      'name',
      'url',
      'secret',
      'events.1',
      'events.2',
      'enabled',
      'headers.Host',
      'headers.bad name',
      'headers.X-Number',
      'retryPolicy',
      'retryPolicy.maxRetries',
      'retryPolicy.initialDelayMs',
      'deliveryConfig.timeoutMs',
      'alertConfig.hysteresisFactor',
      'thresholds',
      'thresholds.heatDegrees',
      'format',
      'level',
      'eventsPolicy',
      'instances',
    ].sort(),
  )
  expect(found['']).toContain('nonsense')
})

test('an unknown event type is named, with the way to the known ones', async () => {
  expect((await faults({ ...least, events: ['no.such'] }))['events.0']).toBe(
    '"no.such" is no event type here; GET /api/event-types lists them',
  )
})

test('too many headers together are one fault of all of them', async () => {
  const headers = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`X-${n}`, 'v']))
  expect(await faults({ ...least, headers })).toEqual({
    headers: '51 headers; a webhook has at most 50',
  })
})

describe('a URL', () => {
  test.each([
    ['http://hooks.example.com', 'http is not allowed in production; use https'],
    ['ftp://hooks.example.com', 'ftp is not HTTP; use https'],
    ['nonsense', 'not a valid URL; write it like https://example.com/hook'],
    ['https://10.0.0.1/x', expect.stringContaining('10.0.0.1 is a private address')],
  ])('%s is refused with its reason', async (url, reason) => {
    expect(await faults({ ...least, url })).toEqual({ url: reason })
  })

  test('whose host has one private address among others is refused, naming that address', async () => {
    const { url } = await faults({ ...least, url: 'https://inside.example.com/x' })
    expect(url).toMatch(
      /^inside\.example\.com resolves to 10\.0\.0\.5: .*ALLOW_TARGETS=10\.0\.0\.5\/32/,
    )
  })

  test.each(['https://outside.example.com/x', 'https://unresolvable.example.com/x'])(
    '%s passes',
    async (url) => {
      expect(await faults({ ...least, url })).toEqual({})
    },
  )

  test('passes where the operator allows the addresses behind it', async () => {
    const allowing = webhookSchemas({
      catalog,
      policy: { production: true, allow: ['10.0.0.0/8'] },
      formats: ['betterdb'],
      resolve: async () => ['10.0.0.5'],
    })
    const result = await allowing.create.safeParseAsync({ ...least, url: 'https://x.internal/' })
    expect(result.success).toBe(true)
  })
})

test('null takes away the settings that may be absent, and no others', async () => {
  const absent = {
    level: null,
    instances: null,
    deliveryConfig: null,
    alertConfig: null,
    thresholds: null,
  }
  expect(await update.parseAsync(absent)).toEqual(absent)
  for (const name of ['name', 'url', 'events', 'headers', 'retryPolicy', 'enabled', 'secret'])
    expect((await update.safeParseAsync({ [name]: null })).success).toBe(false)
})

test('a change may carry what is read-only, a new webhook may not', async () => {
  const readOnly = { id: 'x', createdAt: 1, updatedAt: 2, disabledReason: 'r' }
  expect((await update.safeParseAsync(readOnly)).success).toBe(true)
  expect((await faults({ ...least, ...readOnly }))['']).toMatch(/id.*createdAt|createdAt.*id/)
})

test('text that no database can hold is refused wherever it stands', async () => {
  for (const text of ['a\u0000b', 'a\ud800b'])
    for (const field of ['name', 'secret', 'url'])
      expect(Object.keys(await faults({ ...least, [field]: text }))).toContain(field)
})

test('any input is either judged or accepted, never thrown over', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        ...Object.fromEntries(Object.keys(create.shape).map((key) => [key, fc.anything()])),
      }),
      async (input) => {
        await create.safeParseAsync(input)
        await update.safeParseAsync(input)
      },
    ),
    { numRuns: 300 },
  )
})

test('any certificate may be allowed, but not where the runtime always checks them', async () => {
  const lenient = { ...least, allowInvalidCerts: true }
  expect(await create.parseAsync(lenient)).toMatchObject({ allowInvalidCerts: true })
  const { create: strict } = webhookSchemas({
    catalog,
    policy: { production: true, allow: [], validCertsOnly: 'Certificates are always checked here' },
    formats: ['betterdb', 'other'],
    resolve: async () => [],
  })
  const { error } = await strict.safeParseAsync(lenient)
  expect(error?.issues).toMatchObject([
    { path: ['allowInvalidCerts'], message: 'Certificates are always checked here' },
  ])
  const checked = { ...least, allowInvalidCerts: false }
  expect(await strict.parseAsync(checked)).toMatchObject({ allowInvalidCerts: false })
})
