import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A key and its certificate, as PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

export interface CertificateOptions {
  /** DNS name in the certificate. Default `localhost`. */
  readonly name?: string
  readonly notBefore?: Date
  readonly notAfter?: Date
}

export interface Authority {
  /** Its own certificate, to be trusted. */
  readonly cert: string
  issue(options?: CertificateOptions): Certificate
}

const day = 86_400_000

/** A certificate authority of one test: no openssl needed, and nothing secret in the repository. */
export function createAuthority(): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  // Two authorities of one name would be taken for one whose key changed.
  const name = `Tocsin test authority ${randomBytes(4).toString('hex')}`
  return {
    cert: certify({ name, isAuthority: true }, own.publicKey, name, own.privateKey),
    issue(options = {}) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      return {
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certify(options, pair.publicKey, name, own.privateKey),
      }
    },
  }
}

/** A certificate that vouches for itself. */
export function selfSigned(options: CertificateOptions = {}): Certificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: certify(options, pair.publicKey, options.name ?? 'localhost', pair.privateKey),
  }
}

/** X.509 v3 (RFC 5280), written in DER. */
function certify(
  options: CertificateOptions & { readonly isAuthority?: boolean },
  publicKey: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
): string {
  const { name: subject = 'localhost', isAuthority = false } = options
  const notBefore = options.notBefore ?? new Date(Date.now() - day)
  const notAfter = options.notAfter ?? new Date(Date.now() + day)
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
  const extensions = isAuthority
    ? [extension('551d13', sequence(der(0x01, Buffer.from([0xff]))))]
    : [extension('551d11', sequence(der(0x82, Buffer.from(subject))))]
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName(issuer),
    sequence(time(notBefore), time(notAfter)),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, issuerKey)])
  const lines = sequence(body, ecdsaWithSha256, der(0x03, signature))
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))))
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), der(0x04, value))
}

/** UTCTime: two digits of the year. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`))
}
