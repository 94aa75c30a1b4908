import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAddress, checkTarget, parseCidrs, type TargetPolicy } from '../../src/rules/target.ts'
import { hostileHosts, hostileUrls } from '../support/hostile-urls.ts'

const production: TargetPolicy = { production: true, allow: [] }
const development: TargetPolicy = { production: false, allow: [] }

function reasonOf(check: { ok: boolean; reason?: string }): string {
  expect(check.ok).toBe(false)
  return check.reason ?? ''
}

const open = [
  'example.com',
  'hooks.slack.com',
  'localhost.example.com',
  'notlocalhost.com',
  'internal.example.com',
  '8.8.8.8',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '169.253.255.255',
  '192.167.255.255',
  '126.255.255.255',
  '128.0.0.1',
  '[2606:4700::1111]',
  '[2a00:1450:4001::200e]',
  'bücher.example',
]

describe('in production', () => {
  it.each(hostileHosts)('%s is refused', (host, kind) => {
    const reason = reasonOf(checkTarget(`https://${host}/hook`, production))
    expect(reason).toContain(kind)
    expect(reason).toContain('ALLOW_TARGETS')
  })

  it.each(hostileHosts)('%s is refused with a port, a path and a query too', (host) => {
    reasonOf(checkTarget(`https://${host}:8443/a/b?c=d#e`, production))
  })

  it.each(open)('%s is accepted', (host) => {
    expect(checkTarget(`https://${host}/hook`, production).ok).toBe(true)
  })

  it('the reason names the address and the way to allow it', () => {
    expect(reasonOf(checkTarget('https://0x7f.1/', production))).toBe(
      '127.0.0.1 is a loopback address; use a public endpoint, ' +
        'or have the operator allow it with ALLOW_TARGETS=127.0.0.1/32',
    )
    expect(reasonOf(checkTarget('https://localhost/', production))).toContain(
      'localhost: 127.0.0.1 is a loopback address',
    )
    expect(reasonOf(checkTarget('https://[fc00::1]/', production))).toContain('fc00::1/128')
  })

  it.each([
    ...['valkey.internal', 'box.local', 'box.local.', 'a.b.internal', 'x.home.arpa'],
    ...['metadata', 'intranet.', 'kubernetes.default.svc', 'router.lan'],
  ])(
    'the private name %s is refused, unless ranges are allowed: then its address decides',
    (name) => {
      const url = `https://${name}/`
      expect(reasonOf(checkTarget(url, production))).toContain('is a private name')
      expect(checkTarget(url, { production: true, allow: ['10.0.0.0/8'] }).ok).toBe(true)
      expect(checkTarget(url, development).ok).toBe(true)
    },
  )

  it('an allow-list of other ranges opens neither localhost nor the metadata server', () => {
    const policy = { production: true, allow: ['10.0.0.0/8', 'fd00::/8'] }
    reasonOf(checkTarget('https://localhost/', policy))
    reasonOf(checkTarget('https://metadata.google.internal/', policy))
  })

  it('http is refused', () => {
    expect(reasonOf(checkTarget('http://example.com/', production))).toContain('use https')
  })
})

describe('the corpus', () => {
  it('has at least a hundred spellings, none of which gets through in production', () => {
    expect(new Set(hostileUrls).size).toBeGreaterThanOrEqual(180)
    const accepted = hostileUrls.filter((url) => checkTarget(url, production).ok)
    expect(accepted).toEqual([])
  })

  it('gets through with an allow-list only where that names the address', () => {
    const policy = { production: true, allow: ['10.0.0.0/8', 'fd00::/8'] }
    const accepted = hostileUrls.filter((url) => checkTarget(url, policy).ok)
    const hosts = accepted.map((url) => new URL(url).hostname.replace(/\.$/, ''))
    // Private names may lead to what is allowed: the address decides when it is dialled.
    for (const host of hosts)
      expect(host).toMatch(/^10\.|^\[fd|^metadata$|\.(internal|local|localdomain|arpa|lan|svc)$/)
    expect(hosts).toContain('10.0.0.1')
  })
})

describe('outside production', () => {
  it.each(hostileHosts.filter(([, kind]) => kind === 'loopback'))('%s is accepted', (host) => {
    expect(checkTarget(`http://${host}:3002/`, development).ok).toBe(true)
  })

  it.each(hostileHosts.filter(([, kind]) => kind !== 'loopback'))('%s is refused', (host) => {
    reasonOf(checkTarget(`http://${host}/`, development))
  })
})

describe('a URL', () => {
  it.each([
    ['', 'not a valid URL'],
    ['hooks', 'not a valid URL'],
    ['//example.com/', 'not a valid URL'],
    ['http://', 'not a valid URL'],
    ['https://exa mple.com/', 'not a valid URL'],
    ['https://256.256.256.256/', 'not a valid URL'],
    ['https://[fe80::1%25eth0]/', 'not a valid URL'],
    ['https://./', 'names no host'],
    ['https://../', 'names no host'],
    ['https://a..b/', 'names no host'],
    ['ftp://example.com/', 'ftp is not HTTP'],
    ['file:///etc/passwd', 'file is not HTTP'],
    ['javascript:alert(1)', 'javascript is not HTTP'],
    ['gopher://127.0.0.1:6379/_FLUSHALL', 'gopher is not HTTP'],
    ['data:text/plain,x', 'data is not HTTP'],
    ['https://user@example.com/', 'user name or password'],
    ['https://:hunter2@example.com/', 'user name or password'],
    ['https://example.com@127.0.0.1/', 'user name or password'],
  ])('%j is refused: %s', (url, words) => {
    const reason = reasonOf(checkTarget(url, development))
    expect(reason).toContain(words)
    expect(reason).not.toContain('hunter2')
  })

  it('comes back normalised', () => {
    const check = checkTarget('HTTPS://Example.COM:443/a/../b?c', production)
    expect(check.ok && check.url.href).toBe('https://example.com/b?c')
  })

  it('never gets a private address through, however it is written', () => {
    const spellings = fc.oneof(
      fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
    )
    const radix = fc.constantFrom(8, 10, 16)
    fc.assert(
      fc.property(spellings, radix, fc.nat(3), ([a, b, c, d], base, parts) => {
        const number = ((a * 256 + b) * 256 + c) * 256 + d
        const write = (n: number) => ({ 8: '0', 10: '', 16: '0x' })[base] + n.toString(base)
        const heads = [a, b, c].slice(0, parts).map(write)
        const host = [...heads, write(number % 256 ** (4 - parts))].join('.')
        expect(checkTarget(`https://${host}/`, production).ok).toBe(false)
        expect(checkTarget(`http://[::ffff:${a}.${b}.${c}.${d}]/`, development).ok).toBe(false)
      }),
    )
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), fc.boolean(), (url, inProduction) => {
        const check = checkTarget(url, { production: inProduction, allow: [] })
        expect(typeof check.ok).toBe('boolean')
      }),
    )
  })
})

describe('an address', () => {
  it.each(['1.1.1.1', '2606:4700::1111'])('%s is accepted', (address) => {
    expect(checkAddress(address, production)).toEqual({ ok: true })
  })

  it.each(['127.0.0.1', '::1', '127.9.9.9'])(
    '%s is accepted outside production only',
    (address) => {
      expect(checkAddress(address, development)).toEqual({ ok: true })
      reasonOf(checkAddress(address, production))
    },
  )

  it.each(['', 'localhost', '0177.0.0.1', '127.1', '2130706433', '1.2.3.4.5', '[::1]', ':::'])(
    '%j is not an address, and is refused',
    (address) => {
      expect(reasonOf(checkAddress(address, development))).toContain('is not an IP address')
    },
  )

  it('with a zone is judged without it', () => {
    expect(reasonOf(checkAddress('fe80::1%eth0', development))).toContain('link-local')
  })

  it('may be allowed by range, of its own family only', () => {
    const allow = (...cidrs: string[]) => ({ production: true, allow: cidrs })
    expect(checkAddress('10.1.2.3', allow('192.168.0.0/16', '10.0.0.0/8')).ok).toBe(true)
    expect(checkAddress('11.1.2.3', allow('10.0.0.0/8')).ok).toBe(true)
    expect(checkAddress('10.1.2.4', allow('10.1.2.3/32')).ok).toBe(false)
    expect(checkAddress('fd00::1', allow('fd00::/8')).ok).toBe(true)
    expect(checkAddress('fc00::1', allow('fd00::/8', '10.0.0.0/8')).ok).toBe(false)
    expect(checkAddress('::ffff:10.0.0.1', allow('10.0.0.0/8')).ok).toBe(false)
    expect(checkAddress('127.0.0.1', allow('127.0.0.0/8')).ok).toBe(true)
  })

  it('held against something that is no range is a mistake of the caller', () => {
    expect(() => checkAddress('10.0.0.1', { production: true, allow: ['ten'] })).toThrow()
  })
})

describe('a list of CIDRs', () => {
  it.each([
    ['', []],
    [' , ', []],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    [' 10.0.0.0/8 ,fd00::/8,', ['10.0.0.0/8', 'fd00::/8']],
    ['192.168.1.5', ['192.168.1.5/32']],
    ['::1', ['::1/128']],
    ['FD00:0:0::/8', ['fd00::/8']],
    ['0.0.0.0/0,::/0', ['0.0.0.0/0', '::/0']],
  ])('%j is read', (list, cidrs) => {
    expect(parseCidrs(list)).toEqual({ ok: true, cidrs })
  })

  it.each([
    ['ten', 'ten is not a CIDR'],
    ['10.0.0.0/8, localhost', 'localhost is not a CIDR'],
    ['10.1/16', '10.1/16 is not a CIDR'],
    ['010.0.0.0/8', '010.0.0.0/8 is not a CIDR'],
    ['10.0.0.0/8/8', '10.0.0.0/8/8 is not a CIDR'],
    ['fe80::%eth0/10', 'is not a CIDR'],
    ['10.0.0.0/33', 'from 0 to 32'],
    ['::/129', 'from 0 to 128'],
    ['10.0.0.0/', 'from 0 to 32'],
    ['10.0.0.0/-1', 'from 0 to 32'],
    ['10.0.0.0/255.0.0.0', 'from 0 to 32'],
    ['10.0.0.5/8', 'write 10.0.0.0/8 or 10.0.0.5/32'],
    ['fd00::1/8', 'write fd00::/8 or fd00::1/128'],
  ])('%j is refused: %s', (list, words) => {
    const parsed = parseCidrs(list)
    expect(parsed.ok ? '' : parsed.reason).toContain(words)
  })

  it('that was read is what addresses are held against', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, bits) => {
        const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0
        const octets = address.split('.').map(Number)
        const number = octets.reduce((sum, octet) => sum * 256 + octet, 0)
        const network = (number & mask) >>> 0
        const dotted = [24, 16, 8, 0].map((shift) => (network >>> shift) & 255).join('.')
        const parsed = parseCidrs(`${dotted}/${bits}`)
        const allow = parsed.ok ? parsed.cidrs : []
        expect(allow).toEqual([`${dotted}/${bits}`])
        expect(checkAddress(address, { production: true, allow }).ok).toBe(true)
      }),
    )
  })
})
