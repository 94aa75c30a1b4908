import type { IncomingMessage } from 'node:http'
import type { TransportResponse } from '../../rules/transport.ts'
import type { Exchange } from './exchange.ts'

/** An answer whose head has arrived, shaped as `fetch` gives it. */
export function answerOf(message: IncomingMessage, exchange: Exchange): TransportResponse {
  exchange.reach('reading')
  // Destroyed without an error, what had arrived could pass for the whole body.
  exchange.onAbort(() => message.destroy(new Error('aborted')))
  // The reader is told of an error when it reads; until then nobody else listens.
  message.on('error', () => {})
  return {
    status: message.statusCode ?? 0,
    headers: headersOf(message.rawHeaders),
    body: read(message, exchange),
  }
}

async function* read(message: IncomingMessage, exchange: Exchange): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of message) yield chunk
  } catch (error) {
    throw exchange.fault(error)
  } finally {
    exchange.finish()
  }
}

/** Repeated fields are joined, as `fetch` does. */
function headersOf(raw: readonly string[]): TransportResponse['headers'] {
  const headers = new Map<string, string>()
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase()
    const value = raw[at + 1] ?? ''
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return {
    get: (name) => headers.get(name.toLowerCase()) ?? null,
    forEach(visit) {
      for (const [name, value] of headers) visit(value, name)
    },
  }
}
