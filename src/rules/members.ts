import type { Reply } from '../plugin/valkey.ts'
import type { Address } from './address.ts'

/** Who belongs together with a server. */
export interface Members {
  readonly addresses: readonly Pick<Address, 'host' | 'port'>[]
  /** False where some are known to be there and not where: then nobody is known to be gone. */
  readonly complete: boolean
}

/**
 * The other nodes in an answer to CLUSTER NODES. Nodes announce addresses and, if they are told to,
 * host names: those are taken where the server itself is known by a name, as its certificate may be.
 * The ports are those for the way it was asked: with TLS, or without.
 */
export function clusterMembers(reply: Reply, seed: Pick<Address, 'host'>): Members {
  const lines = String(reply).split('\n').filter(Boolean)
  const nodes = lines.map((line) => {
    const [, where = '', flags = ''] = line.split(' ')
    // host:port@busport, since 7.0 followed by `,hostname`, and by `,key=value` pairs.
    const [, ip = '', port = '', name = ''] =
      /^(.*):(\d+)(?:@\d+)?(?:,([^,=]*)(?:,|$))?/.exec(where) ?? []
    const host = name !== '' && name !== '?' && !isIp(seed.host) ? name : ip
    return { host: host.toLowerCase(), port: Number(port), flags: flags.split(',') }
  })
  const others = nodes.filter(({ flags }) => !flags.includes('myself'))
  const known = others.filter(
    ({ host, port, flags }) => host !== '' && port > 0 && !flags.some((flag) => passing.has(flag)),
  )
  // Alone it has left the cluster, or was never in one: it knows nothing of the others.
  return { addresses: known, complete: others.length > 0 && known.length === others.length }
}

/** Nodes that are not to be reached, or only being introduced. */
const passing = new Set(['noaddr', 'handshake'])

const isIp = (host: string) => /^[\d.]+$/.test(host) || host.includes(':')

/** The primary and its replicas in the answers to SENTINEL MASTER and SENTINEL REPLICAS. */
export function sentinelMembers(primary: Reply, replicas: Reply): Members {
  const rows = [primary, ...(Array.isArray(replicas) ? replicas : [])]
  const addresses = rows.flatMap((row) => {
    const words = Array.isArray(row) ? row.map(String) : []
    // Names and values in turn.
    const field = (name: string) =>
      words[words.findIndex((it, at) => at % 2 === 0 && it === name) + 1]
    const [host, port] = [field('ip')?.toLowerCase(), Number(field('port'))]
    return host && port > 0 ? [{ host, port }] : []
  })
  return { addresses, complete: addresses.length === rows.length }
}

/** The URL of a member: what we are to the server that named it, we are to it as well. */
export function memberUrl(seedUrl: string, { host, port }: Pick<Address, 'host' | 'port'>): string {
  const url = new URL(seedUrl)
  url.hostname = host.includes(':') ? `[${host}]` : host
  url.port = String(port)
  url.search = ''
  return url.href
}
