const encoder = new TextEncoder()
// Without this a secret loses a byte order mark at its start.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const mark = 'sealed:1:'
const open = 'open:'
const inEnv = 'env:'
const inFile = 'file:'
const mostOpened = 10_000

/** Where a secret is found that is not handed over: read anew whenever it is needed. */
export type SecretReference = { readonly env: string } | { readonly file: string }

/** Finds what a reference names; rejects with a message fit to be shown. */
export type ReadReference = (reference: SecretReference) => Promise<string>

/** Keeps secrets at rest. What it returns is fit for storage; only the same key opens it again. */
export interface Vault {
  seal(secret: string | SecretReference): Promise<string>
  /** Rejects where the value was sealed with another key, or is not to be found, saying what to do. */
  open(stored: string): Promise<string>
  /** The value as it would be stored now: the same where it is already. Rejects as `open` does. */
  reseal(stored: string): Promise<string>
}

/** 32 bytes. */
export type VaultKey = Uint8Array<ArrayBuffer>

/** The reference that is stored in place of a secret; undefined where the secret itself is. */
export function storedReference(stored: string): SecretReference | undefined {
  if (stored.startsWith(inEnv)) return { env: stored.slice(inEnv.length) }
  if (stored.startsWith(inFile)) return { file: stored.slice(inFile.length) }
  return undefined
}

/**
 * AES-256-GCM with a fresh 96-bit nonce for each value (NIST SP 800-38D). Without a key values are
 * stored as they are: the operator is warned of that at start. What was sealed with one of the
 * `previous` keys is opened too; nothing is sealed with them.
 */
export async function createVault(
  key?: VaultKey,
  read: ReadReference = nowhere,
  previous: readonly VaultKey[] = [],
): Promise<Vault> {
  const all = key === undefined ? previous : [key, ...previous]
  const keys = await Promise.all(all.map(importKey))
  const current = key === undefined ? undefined : keys[0]
  // Every delivery needs its webhook's secret: opening it once is enough.
  const opened = new Map<string, string>()

  async function seal(secret: string | SecretReference): Promise<string> {
    if (typeof secret !== 'string')
      return 'env' in secret ? inEnv + secret.env : inFile + secret.file
    if (current === undefined) return open + secret
    const nonce = crypto.getRandomValues(new Uint8Array(12))
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv: nonce },
      current,
      encoder.encode(secret),
    )
    return mark + toBase64(nonce) + toBase64(new Uint8Array(sealed))
  }

  return {
    seal,
    async open(stored) {
      if (stored.startsWith(open)) return stored.slice(open.length)
      const reference = storedReference(stored)
      if (reference !== undefined) return read(reference)
      const known = opened.get(stored)
      if (known !== undefined) return known
      const secret = await unseal(stored, keys)
      if (opened.size >= mostOpened) opened.clear()
      opened.set(stored, secret)
      return secret
    },
    async reseal(stored) {
      if (storedReference(stored) !== undefined) return stored
      if (stored.startsWith(open))
        return current === undefined ? stored : seal(stored.slice(open.length))
      if (current !== undefined && (await decrypt(stored, [current])) !== undefined) return stored
      return seal(await unseal(stored, keys))
    },
  }
}

function importKey(key: VaultKey): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

async function nowhere(): Promise<string> {
  throw new Error('This runtime finds no secrets elsewhere: send the secret itself.')
}

async function unseal(stored: string, keys: readonly CryptoKey[]): Promise<string> {
  if (keys.length === 0)
    throw new Error(
      'A stored secret is encrypted: set ENCRYPTION_KEY to the key it was stored with.',
    )
  if (!stored.startsWith(mark))
    throw new Error(
      'A stored secret is in a form this version does not know: run the version that stored it.',
    )
  const secret = await decrypt(stored, keys)
  if (secret === undefined)
    throw new Error(
      'A stored secret cannot be decrypted: ENCRYPTION_KEY is not the key it was stored with. ' +
        'Add that key to ENCRYPTION_KEY_PREVIOUS, or set it back.',
    )
  return secret
}

/** Undefined where none of the keys opens it. */
async function decrypt(stored: string, keys: readonly CryptoKey[]): Promise<string | undefined> {
  if (!/^[A-Za-z0-9+/]{38,}=*$/.test(stored.slice(mark.length))) return undefined
  const nonce = fromBase64(stored.slice(mark.length, mark.length + 16))
  const sealed = fromBase64(stored.slice(mark.length + 16))
  for (const key of keys) {
    const opened = await crypto.subtle
      .decrypt({ name: 'AES-GCM', iv: nonce }, key, sealed)
      .catch(() => undefined)
    if (opened !== undefined) return decoder.decode(opened)
  }
  return undefined
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
