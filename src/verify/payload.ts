type Members = Readonly<Record<string, unknown>>

/** What a body says of itself, in the words of whichever sender wrote it. */
export interface Described {
  readonly id: string | undefined
  readonly event: string | undefined
  readonly payload: unknown
}

/** Reads a verified body. One that is no JSON says nothing. */
export function describe(body: Uint8Array): Described {
  const payload = parse(body)
  const first = members(Array.isArray(payload) ? payload[0] : payload)
  const [inBatch] = Array.isArray(first?.events) ? first.events : []
  const one = members(inBatch) ?? first
  // A batch has ids inside, each of its own.
  const id = one === payload ? text(one?.id) : undefined
  return { id, event: text(one?.event) ?? text(one?.type), payload }
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

const members = (value: unknown): Members | undefined =>
  typeof value === 'object' && value !== null ? (value as Members) : undefined

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
