/** Lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  let digits = ''
  for (const byte of bytes) digits += pairs[byte]
  return digits
}

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Base64 with padding (RFC 4648, section 4). */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += latin1[byte]
  return btoa(text)
}

const latin1 = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
