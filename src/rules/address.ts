/** Where a server is and who we are there. */
export interface Address {
  /** A host name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** Absent for a password alone, which logs in the default user. */
  readonly username?: string
  readonly password?: string
  readonly db: number
  /** What people call it (`?name=`). */
  readonly name?: string
  /** Whom to watch beside it; absent: nobody. */
  readonly discover?: Discovery
}

/** The other nodes of its cluster, or what a Sentinel knows of the primary of this name. */
export type Discovery =
  | { readonly by: 'cluster' }
  | { readonly by: 'sentinel'; readonly primary: string }

/** A URL that cannot be used. `message` says why and never holds the URL or its password. */
export class AddressError extends Error {
  override readonly name = 'AddressError'
}

/**
 * Reads `redis://user:password@host:6379/0?name=cache`, also with `cluster=discover` or
 * `sentinel=NAME`. Schemes `redis`, `valkey`, and with TLS
 * `rediss`, `valkeys`; user and password percent-encoded; port 6379 and database 0 by default.
 * @throws AddressError
 */
export function parseAddress(text: string): Address {
  if (!URL.canParse(text)) throw new AddressError(`Not a URL. ${form}`)
  const url = new URL(text)
  const [, secure] = /^(?:redis|valkey)(s?):$/.exec(url.protocol) ?? []
  // Neither a scheme nor a parameter is repeated: it may be part of a password not encoded.
  if (secure === undefined) throw new AddressError(`Unknown scheme. ${form}`)

  const host = decoded('host', url.hostname.replace(/^\[(.*)\]$/, '$1')).toLowerCase()
  if (host === '') throw new AddressError(`No host. ${form}`)
  if (url.port === '0') throw new AddressError('Port 0: a port is 1 to 65535.')
  const username = decoded('user name', url.username)
  const password = decoded('password', url.password)
  if (username !== '' && password === '')
    throw new AddressError('A user name without a password: write user:password@host.')
  const [, db = '0'] = /^\/?(\d{1,9})?$/.exec(url.pathname) ?? [undefined, 'none']
  if (db === 'none') throw new AddressError('The path is a database number, such as /0.')
  const unknown = [...url.searchParams.keys()].find((key) => !parameters.includes(key))
  if (unknown !== undefined)
    throw new AddressError(
      'Only ?name=, ?cluster=discover and ?sentinel= are known. A "?" in a password is written %3F.',
    )
  if (url.hash !== '') throw new AddressError('A "#" in a password is written %23.')

  const discover = discoveryOf(url.searchParams)
  const name = url.searchParams.get('name')
  return {
    host,
    port: url.port === '' ? 6379 : Number(url.port),
    tls: secure === 's',
    db: Number(db),
    ...(username && { username }),
    ...(password && { password }),
    ...(name && { name }),
    ...(discover && { discover }),
  }
}

const parameters = ['name', 'cluster', 'sentinel']

function discoveryOf(parameters: URLSearchParams): Discovery | undefined {
  const [cluster, primary] = [parameters.get('cluster'), parameters.get('sentinel')]
  if (cluster !== null && cluster !== 'discover')
    throw new AddressError('?cluster= can only be "discover": its other nodes are watched, too.')
  if (primary === '')
    throw new AddressError('?sentinel= is the name of the primary, as the Sentinel knows it.')
  if (cluster !== null && primary !== null)
    throw new AddressError('A server is a node of a cluster or a Sentinel: only one of the two.')
  if (primary !== null) return { by: 'sentinel', primary }
  return cluster === null ? undefined : { by: 'cluster' }
}

const form = 'Write redis://user:password@host:6379, or rediss:// for TLS.'

function decoded(what: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new AddressError(`The ${what} is not percent-encoded: a "%" in it is written %25.`)
  }
}

/** The URL with `***` for its password, fit to be shown; also one that cannot be parsed. */
export function redactUrl(text: string): string {
  const [scheme = ''] = /^[^:/?#]*:\/\//.exec(text) ?? []
  const rest = text.slice(scheme.length)
  // Only a URL that can be used is trusted about where its host ends: in `//u:12/34@h` none does.
  const end = usable(text) ? rest.search(/[/?#]/) : -1
  const authority = end < 0 ? rest : rest.slice(0, end)
  const at = authority.lastIndexOf('@')
  if (at < 0) return text
  const colon = authority.indexOf(':')
  // A user name alone may be a password in the wrong place.
  const user = colon >= 0 && colon < at ? authority.slice(0, colon + 1) : ''
  return `${scheme}${user}***${rest.slice(at)}`
}

function usable(text: string): boolean {
  try {
    parseAddress(text)
    return true
  } catch {
    return false
  }
}
