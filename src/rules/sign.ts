const encoder = new TextEncoder()

/** Imported keys by secret: importing costs more than signing, and secrets are few. */
const keys = new Map<string, Promise<CryptoKey>>()
const mostKeys = 1000

function hmacKey(secret: string): Promise<CryptoKey> {
  const known = keys.get(secret)
  if (known !== undefined) return known
  if (keys.size >= mostKeys) keys.clear()
  const key = crypto.subtle.importKey(
    'raw',
    encoder.encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  keys.set(secret, key)
  return key
}

/** HMAC-SHA256 over the UTF-8 bytes of `text`; the key is the UTF-8 of the whole secret. */
export async function hmacSha256(secret: string, text: string): Promise<Uint8Array> {
  const signature = await crypto.subtle.sign('HMAC', await hmacKey(secret), encoder.encode(text))
  return new Uint8Array(signature)
}

/** Lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  let digits = ''
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0')
  return digits
}
