/** Keys that secrets are stored with: new ones with the first, older ones with any. */
export interface EncryptionKeys {
  readonly encryptionKey?: Uint8Array<ArrayBuffer> | undefined
  /** Keys that secrets may still be stored with; new ones never are. */
  readonly previousKeys: readonly Uint8Array<ArrayBuffer>[]
}

/** `ENCRYPTION_KEY`, and the keys before it, comma-separated, newest first. */
export function readKeys(
  text: (name: string) => string | undefined,
  production: boolean,
  fault: (variable: string, problem: string, example: string) => void,
): EncryptionKeys {
  const example = '"$(openssl rand -base64 32)"'
  const [value, former] = [text('ENCRYPTION_KEY'), text('ENCRYPTION_KEY_PREVIOUS')]
  const encryptionKey = value === undefined ? undefined : keyOf(value)
  if (value === undefined && production)
    fault('ENCRYPTION_KEY', 'is required in production', example)
  else if (value === undefined && former !== undefined)
    fault('ENCRYPTION_KEY', 'is required beside ENCRYPTION_KEY_PREVIOUS', example)
  else if (value !== undefined && encryptionKey === undefined)
    fault('ENCRYPTION_KEY', 'is not the base64 of 32 bytes', example)
  const previousKeys = (former?.split(',') ?? []).flatMap((one, index) => {
    const key = keyOf(one.trim())
    const problem = `key ${index + 1} is not the base64 of 32 bytes`
    if (key === undefined) fault('ENCRYPTION_KEY_PREVIOUS', problem, '"$OLD_KEY,$OLDER_KEY"')
    return key ?? []
  })
  return { encryptionKey, previousKeys }
}

function keyOf(value: string): Uint8Array<ArrayBuffer> | undefined {
  const valid = /^[A-Za-z0-9+/]{43}=?$/.test(value)
  return valid ? Uint8Array.from(atob(value), (character) => character.charCodeAt(0)) : undefined
}
