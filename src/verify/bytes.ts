export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

export const utf8 = (text: string): Bytes => encoder.encode(text)

export function concatenate(head: Uint8Array, tail: Uint8Array): Bytes {
  const bytes = new Uint8Array(head.length + tail.length)
  bytes.set(head)
  bytes.set(tail, head.length)
  return bytes
}

/** Text for bytes and back. Strict: one text for the same bytes, so that no changed text passes. */
export interface Encoding {
  encode(bytes: Uint8Array): string
  decode(text: string): Bytes | undefined
}

/** Lower-case digits. */
export const hex: Encoding = {
  encode: (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
  decode(text) {
    if (!/^([0-9a-f]{2})*$/.test(text)) return undefined
    const digits = (at: number) => Number.parseInt(text.slice(at * 2, at * 2 + 2), 16)
    return Uint8Array.from({ length: text.length / 2 }, (_, at) => digits(at))
  },
}

/** RFC 4648, section 4, with padding and without spare bits. */
export const base64: Encoding = {
  encode: (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')),
  decode(text) {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    return base64.encode(bytes) === text ? bytes : undefined
  },
}
