import { ValkeyError, type ValkeyFault } from '../plugin/valkey.ts'

/** Error replies, by the word they begin with. */
const byCode: Readonly<Record<string, readonly [ValkeyFault, string]>> = {
  NOAUTH: ['auth', 'Authentication required'],
  WRONGPASS: ['auth', 'Wrong user name or password, or the user is disabled'],
  LOADING: ['loading', 'The server is loading its data'],
  BUSY: ['busy', 'The server is busy running a script'],
  DENIED: ['denied', 'The server is in protected mode and refuses other hosts'],
}

const maxClients = /max number of clients( \+ cluster connections)? reached/i
const unsupported =
  /unknown (sub)?command|cluster support disabled|not (supported|allowed|available)/i

/**
 * What an error reply means. The text is the server's, cut to one short line without the echo of
 * our arguments; or ours, where the server's is long.
 */
export function replyFault(reply: string): ValkeyError {
  const [, code = '', rest = ''] = /^-?([A-Z]+) ?([^\r\n]*)/.exec(reply) ?? []
  const known = byCode[code]
  if (known) return new ValkeyError(...known)
  if (maxClients.test(reply)) return new ValkeyError('max_clients', 'Max number of clients reached')
  const text = brief(code === 'ERR' || code === 'NOPERM' ? rest : reply)
  if (code === 'NOPERM') return new ValkeyError('denied', `No permission: ${text}`)
  return new ValkeyError(unsupported.test(reply) ? 'unsupported' : 'error', text)
}

/**
 * What an error reply to AUTH means: `unsupported` where the server wants no password, else `auth`.
 * Never the server's own text, which may echo the password.
 */
export function loginFault(reply: string): ValkeyError {
  if (/without any password configured|no password is set/i.test(reply))
    return new ValkeyError('unsupported', 'The server wants no password')
  if (/wrong number of arguments/i.test(reply))
    return new ValkeyError('auth', 'The server knows no user names, only a password')
  if (/unknown command/i.test(reply))
    return new ValkeyError('auth', 'The server does not know the AUTH command')
  const known = replyFault(reply)
  return known.fault === 'error' || known.fault === 'unsupported'
    ? new ValkeyError('auth', 'Wrong user name or password, or the user is disabled')
    : known
}

function brief(text: string): string {
  const line = text.replace(/,? with args beginning with:.*/is, '').split(/\r?\n/, 1)[0] ?? ''
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}

/** System errors, by their code. */
const bySystem: Readonly<Record<string, readonly [ValkeyFault, string]>> = {
  ECONNREFUSED: ['refused', 'Connection refused'],
  ENOTFOUND: ['dns', 'Host name not found'],
  EAI_AGAIN: ['dns', 'Host name lookup failed'],
  EHOSTUNREACH: ['unreachable', 'Host unreachable'],
  ENETUNREACH: ['unreachable', 'Network unreachable'],
  EHOSTDOWN: ['unreachable', 'Host down'],
  EADDRNOTAVAIL: ['unreachable', 'Address not available'],
  EACCES: ['unreachable', 'Connecting is not permitted here'],
  EPERM: ['unreachable', 'Connecting is not permitted here'],
  ETIMEDOUT: ['timeout', 'Connection timed out'],
}

const tlsCode = /^(ERR_(SSL|TLS|OSSL)|CERT_|EPROTO)|CERT|SIGNATURE|HOSTNAME_MISMATCH/
const tlsCut = 'before secure TLS connection was established'

/** What a failed or lost connection means: the error of a socket, of TLS, or of the client. */
export function connectionFault(error: unknown): ValkeyError {
  const { message, code } = described(error)
  const known = code === undefined ? undefined : bySystem[code]
  if (known) return new ValkeyError(...known)
  if (code?.startsWith('EAI_')) return new ValkeyError('dns', 'Host name lookup failed')
  if (maxClients.test(message)) return replyFault(message)
  if (message.includes('Protocol error'))
    return new ValkeyError('closed', 'The answer was not Valkey: TLS or another service there?')
  if (message.includes(tlsCut)) return new ValkeyError('tls', 'TLS failed: closed in the handshake')
  if (code !== undefined && tlsCode.test(code)) return new ValkeyError('tls', tlsMessage(message))
  return new ValkeyError('closed', 'Connection closed')
}

function tlsMessage(message: string): string {
  // OpenSSL's own lines read `40E7…:error:0A00010B:SSL routines:func:wrong version number:file:1:`
  const reason = /:error:[^:]*:[^:]*:[^:]*:([^:]+):/.exec(message)?.[1]
  return `TLS failed: ${brief(reason ?? message)}`
}

function described(error: unknown): { message: string; code: string | undefined } {
  // Of anything else there may not even be a text.
  if (!(error instanceof Error)) return { message: '', code: undefined }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  // Several addresses tried and all of them failed: the first one tells why.
  if (code === undefined && error instanceof AggregateError) return described(error.errors[0])
  return { message: error.message, code }
}
