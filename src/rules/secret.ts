const prefix = 'whsec_'
const mask = '***'

/**
 * Makes a signing secret: `whsec_` and the base64 of 32 random bytes. The one string is valid for
 * Standard Webhooks (the bytes after the prefix) and for seed 1 (the whole string as UTF-8).
 * `random` fills the bytes it is given; WebCrypto by default.
 */
export function generateSecret(
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): string {
  return prefix + btoa(String.fromCharCode(...random(new Uint8Array(32))))
}

/**
 * The secret as answers show it (seed 1): `whsec_abc123` is `whsec_abc1***`, any other keeps its
 * first four characters, a short one two. One too short to be cut shows less, never all of itself.
 */
export function redactSecret(secret: string): string {
  const characters = Array.from(secret)
  if (secret.startsWith(prefix) && characters.length > prefix.length + 4) {
    return characters.slice(0, prefix.length + 4).join('') + mask
  }
  const shown = characters.length >= 8 ? 4 : characters.length > 2 ? 2 : 0
  return characters.slice(0, shown).join('') + mask
}

/** Whether `value` is what {@link redactSecret} makes of `secret`: sent back, it changes nothing. */
export function isRedacted(value: string, secret: string): boolean {
  return value === redactSecret(secret)
}

/** Whether `value` looks like a redacted secret, of whichever webhook. */
export function looksRedacted(value: string): boolean {
  return value.endsWith(mask)
}
