type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null

/**
 * A secret as Stalwart writes it (seed 5, `signatureKey`: `{"@type": "Value", "secret": "..."}`,
 * `EnvironmentVariable`, `File`, `None`), in our words; anything else as it is.
 */
export function secretInOurWords(sent: unknown): unknown {
  if (!isObject(sent)) return sent
  const { '@type': type, ...rest } = sent
  switch (type) {
    case 'None':
      return undefined
    case 'Value':
      return rest.secret
    case 'EnvironmentVariable':
      return { env: rest.variableName }
    case 'File':
      return { file: rest.filePath }
    default:
      return sent
  }
}

/** An `httpAuth` as Stalwart writes it (seed 5), in our words; anything else as it is. */
export function httpAuthInOurWords(sent: unknown): unknown {
  if (!isObject(sent)) return sent
  const { '@type': type, ...rest } = sent
  switch (type) {
    case 'Unauthenticated':
      return null
    case 'Basic': {
      const { secret, ...others } = rest
      return {
        type,
        ...(secret !== undefined && { password: secretInOurWords(secret) }),
        ...others,
      }
    }
    case 'Bearer': {
      const { secret, bearerToken = secret, ...others } = rest
      const token = secretInOurWords(bearerToken)
      return { type, ...(token !== undefined && { token }), ...others }
    }
    default:
      return sent
  }
}
