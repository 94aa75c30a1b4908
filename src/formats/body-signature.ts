import type { FormatAttempt } from 'tocsin/plugin'

/**
 * HMAC-SHA256 over the body alone, under one header; while a rotation lasts the old secret's is
 * beside it.
 */
export async function bodySignature(
  { body, signer }: FormatAttempt,
  header: string,
  write: (signature: Uint8Array) => string,
): Promise<Record<string, string>> {
  const [signature, previous] = await signer.hmac(body)
  return {
    ...(signature && { [header]: write(signature) }),
    ...(previous && { [`${header}-Previous`]: write(previous) }),
  }
}
