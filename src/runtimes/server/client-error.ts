import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type RefusalStatus, refusalOf } from '../../rules/refusal.ts'

/** What Node's parser and its timers say of a connection (nodejs.org, "Event: 'clientError'"). */
const statusOf: Readonly<Record<string, RefusalStatus>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * Answers what is no request, or did not come whole in time, with a problem; then hangs up. Nothing
 * is said to who has said nothing: a browser connects ahead, and would take that for the answer to
 * its next request.
 */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) {
    socket.destroy()
    return
  }
  const { status, headers, body } = refusalOf(statusOf[error.code ?? ''] ?? 400)
  const lines = Object.entries({ ...headers, 'Content-Length': `${body.length}` }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines].join('\r\n')
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy())
}
