import type { PGlite } from '@electric-sql/pglite'
import { createFrequent } from './frequent.ts'

type Messages = Awaited<ReturnType<PGlite['execProtocolStream']>>

/** A prepared statement: its name, and what the database says of its parameters and columns. */
interface Prepared {
  readonly name: Uint8Array
  description: Messages | undefined
}

/** Types of messages (PostgreSQL manual, "Message Formats"). */
const type = { parse: 0x50, describe: 0x44, bind: 0x42, sync: 0x53 }
const describeStatement = 0x53
/** A type (one byte) and a length (four). */
const headBytes = 5
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Has a database prepare what comes again: to parse and plan a claim takes it four times as long as
 * to run it. A query is the messages parse, describe, bind, describe, execute and sync, none of them
 * named: those of a frequent text are named here, and the first three are answered from memory.
 */
export function prepareFrequent(client: PGlite): void {
  const isFrequent = createFrequent()
  const known = new Map<string, Prepared>()
  const exec = client.execProtocolStream.bind(client)
  /** The statement of the query under way: one query at a time is all that PGlite takes. */
  let current: Prepared | undefined

  client.execProtocolStream = async (message, options) => {
    switch (message[0]) {
      case type.parse: {
        current = undefined
        const text = decoder.decode(message.subarray(headBytes))
        const prepared = known.get(text)
        current = prepared
        if (prepared !== undefined) return []
        if (!isFrequent(text)) return exec(message, options)
        const fresh = { name: encoder.encode(`tocsin_${known.size}`), description: undefined }
        const parsed = await exec(inserted(message, headBytes, fresh.name), options)
        known.set(text, fresh)
        current = fresh
        return parsed
      }
      case type.describe: {
        if (current === undefined) return exec(message, options)
        if (message[headBytes] === describeStatement)
          current.description ??= await exec(
            inserted(message, headBytes + 1, current.name),
            options,
          )
        return current.description ?? []
      }
      case type.bind: {
        // The name of the portal, empty, comes first.
        const bound = current && inserted(message, headBytes + 1, current.name)
        return exec(bound ?? message, options)
      }
      case type.sync:
        current = undefined
        return exec(message, options)
      default:
        return exec(message, options)
    }
  }
}

/** A message with a name put in at `at`, where it has an empty one. */
function inserted(message: Uint8Array, at: number, name: Uint8Array): Uint8Array {
  const longer = new Uint8Array(message.length + name.length)
  longer.set(message.subarray(0, at))
  longer.set(name, at)
  longer.set(message.subarray(at), at + name.length)
  const length = new DataView(longer.buffer)
  length.setInt32(1, longer.length - 1)
  return longer
}
