import ipaddr from 'ipaddr.js'

/** Where webhooks may be sent. */
export interface TargetPolicy {
  /** True: https only, and loopback is refused like every other private address. */
  readonly production: boolean
  /** CIDRs, as {@link parseCidrs} returns them, that may be reached although they are private. */
  readonly allow: readonly string[]
  /** Why private addresses cannot be allowed where this runs. Absent: they can. */
  readonly publicOnly?: string
  /** Why certificates are checked whatever a webhook says. Absent: `allowInvalidCerts` holds. */
  readonly validCertsOnly?: string
}

/** The URL is for reading only. */
export type TargetCheck = { ok: true; url: URL } | { ok: false; reason: string }
export type AddressCheck = { ok: true } | { ok: false; reason: string }
export type CidrList = { ok: true; cidrs: string[] } | { ok: false; reason: string }

/** Names whose address everybody knows, judged by it where no resolver is at hand. */
const wellKnownNames: readonly (readonly [name: RegExp, address: string])[] = [
  [/(^|\.)localhost$/, '127.0.0.1'],
  [/^metadata\.google\.internal$/, '169.254.169.254'],
]

/** Without a dot, or under what no public name ends in (RFC 6762, RFC 8375; ICANN's reserved strings). */
const privateName =
  /^[^.]+$|\.(local|internal|localdomain|home\.arpa|lan|home|corp|intranet|private|svc)$/

/** AWS, Azure, Alibaba, Google. Some lie in ranges that would be named differently. */
const metadataAddresses: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '168.63.129.16',
  '100.100.100.200',
  'fd00:ec2::254',
  'fd20:ce::254',
])

/** Ranges as ipaddr.js calls them; whatever is not named here is called reserved. */
const rangeNames: Readonly<Record<string, string>> = {
  unspecified: 'an unspecified address',
  broadcast: 'the broadcast address',
  multicast: 'a multicast address',
  linkLocal: 'a link-local address',
  loopback: 'a loopback address',
  carrierGradeNat: 'a carrier-grade NAT address',
  private: 'a private address',
  uniqueLocal: 'a private (unique-local) address',
  ipv4Mapped: 'an IPv4-mapped address',
  rfc6145: 'an IPv4-translated address',
  rfc6052: 'a NAT64 address',
  '6to4': 'a 6to4 address',
  teredo: 'a Teredo address',
}

/**
 * Judges a webhook's URL before anything is resolved: scheme, credentials, host, IP literals in
 * every spelling `URL` understands, and names that are private by definition. On servers the
 * address behind a name is judged again, by {@link checkAddress}, when it is dialled.
 */
export function checkTarget(url: string, policy: TargetPolicy): TargetCheck {
  const known = judged.get(policy)
  const verdict = known?.get(url)
  if (verdict !== undefined) return verdict
  const fresh = judgeTarget(url, policy)
  if (known === undefined || known.size >= mostJudged) judged.set(policy, new Map([[url, fresh]]))
  else known.set(url, fresh)
  return fresh
}

/** Verdicts by policy: it is asked twice for every request, and nothing else changes one. */
const judged = new WeakMap<TargetPolicy, Map<string, TargetCheck>>()
const mostJudged = 1000

function judgeTarget(url: string, policy: TargetPolicy): TargetCheck {
  const parsed = parseUrl(url)
  if (!parsed) return refuse('not a valid URL; write it like https://example.com/hook')
  const scheme = parsed.protocol.slice(0, -1)
  if (scheme !== 'https' && scheme !== 'http') return refuse(`${scheme} is not HTTP; use https`)
  if (scheme === 'http' && policy.production) {
    return refuse('http is not allowed in production; use https')
  }
  if (parsed.username || parsed.password) {
    return refuse('a URL must not hold a user name or password; use httpAuth of the webhook')
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  if (host === '' || /^\.|\.\./.test(host)) return refuse('the URL names no host')
  const verdict = checkHost(host, policy)
  return verdict.ok ? { ok: true, url: parsed } : verdict
}

/** Judges a host as a URL names it: an address, without brackets, or a name. */
export function checkHost(host: string, policy: TargetPolicy): AddressCheck {
  const plain = host.replace(/\.$/, '')
  return ipaddr.isValid(plain) ? checkAddress(plain, policy) : checkName(plain, policy)
}

/**
 * Judges the address about to be dialled. Only global unicast passes, loopback too outside
 * production, and what the policy allows. An entry of `allow` that is no CIDR throws.
 */
export function checkAddress(address: string, policy: TargetPolicy): AddressCheck {
  const ip = parseAddress(address)
  if (!ip) return refuse(`${address} is not an IP address`)
  const range = rangeOf(ip)
  if (range === 'unicast') return { ok: true }
  if (range === 'loopback' && !policy.production) return { ok: true }
  if (policy.allow.some((cidr) => contains(cidr, ip))) return { ok: true }
  const kind = rangeNames[range] ?? (range === 'metadata' ? 'a cloud metadata address' : undefined)
  const bits = ip.kind() === 'ipv4' ? 32 : 128
  return refuse(
    `${ip} is ${kind ?? 'a reserved address'}; use a public endpoint, ` +
      (policy.publicOnly ?? `or have the operator allow it with ALLOW_TARGETS=${ip}/${bits}`),
  )
}

/**
 * Reads a comma-separated list of CIDRs, such as `10.0.0.0/8, fd00::/8`. A bare address stands for
 * itself alone. Octal, shortened and host-bit spellings are refused: they mean different things to
 * different readers.
 */
export function parseCidrs(list: string): CidrList {
  const cidrs: string[] = []
  for (const entry of list.split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const [address = '', length, ...rest] = entry.split('/')
    const ip = parseAddress(address)
    if (!ip || address.includes('%') || rest.length > 0) {
      return refuse(`${entry} is not a CIDR; write it like 10.0.0.0/8 or fd00::/8`)
    }
    const bits = ip.kind() === 'ipv4' ? 32 : 128
    if (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= bits)) {
      return refuse(`${entry}: the prefix length must be a whole number from 0 to ${bits}`)
    }
    const cidr = `${ip}/${Number(length ?? bits)}`
    const network = networkOf(cidr)
    if (network !== ip.toString()) {
      return refuse(
        `${entry} does not start its range; write ${network}/${length} or ${ip}/${bits}`,
      )
    }
    cidrs.push(cidr)
  }
  return { ok: true, cidrs }
}

function checkName(name: string, policy: TargetPolicy): AddressCheck {
  const address = wellKnownNames.find(([pattern]) => pattern.test(name))?.[1]
  if (address !== undefined) {
    const verdict = checkAddress(address, policy)
    return verdict.ok ? verdict : refuse(`${name}: ${verdict.reason}`)
  }
  // Where an operator allows ranges, their private names are allowed too: the address decides.
  if (policy.production && policy.allow.length === 0 && privateName.test(name)) {
    return refuse(
      `${name} is a private name; use a public endpoint, ` +
        (policy.publicOnly ?? 'or have the operator allow its address with ALLOW_TARGETS'),
    )
  }
  return { ok: true }
}

function parseUrl(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}

/** Dotted quads and IPv6 only: other spellings mean different addresses to different readers. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address)
  return ipaddr.IPv6.isValid(address) ? ipaddr.IPv6.parse(address) : undefined
}

function rangeOf(ip: ipaddr.IPv4 | ipaddr.IPv6): string {
  if (metadataAddresses.has(ip.toString())) return 'metadata'
  const range = ip.range()
  // Of IPv6 only 2000::/3 is handed out; the rest is unassigned or, like ::7f00:1, hides an IPv4.
  const global = ip instanceof ipaddr.IPv4 || ((ip.parts[0] ?? 0) & 0xe000) === 0x2000
  return range === 'unicast' && !global ? 'unassigned' : range
}

function contains(cidr: string, ip: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr)
  return network.kind() === ip.kind() && ip.match(network, bits)
}

function networkOf(cidr: string): string {
  const family = cidr.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4
  return family.networkAddressFromCIDR(cidr).toString()
}

function refuse(reason: string): { ok: false; reason: string } {
  return { ok: false, reason }
}
