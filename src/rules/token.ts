const prefix = 'toc_'

/** How much of a token is shown, so that people can tell one from another. */
const shownCharacters = 9

/** A new API token: `toc_` and 32 random bytes as base64url. `random` is WebCrypto by default. */
export function generateToken(
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): string {
  const text = btoa(String.fromCharCode(...random(new Uint8Array(32))))
  return prefix + text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The first characters of a token, for lists; of a short one nothing. */
export function tokenHint(token: string): string {
  return token.length >= 4 * shownCharacters ? `${token.slice(0, shownCharacters)}…` : '…'
}
