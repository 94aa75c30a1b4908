import type { Socket } from 'node:net'

const start = Buffer.from('HTTP/1.1 100')
const end = '\r\n\r\n'
/** No head is longer: what is goes on as it is. */
const mostBytes = 16_384
const nothing = Buffer.alloc(0)

/**
 * Takes every `100 Continue` out of what a socket reads: a client is to skip those that it did not
 * ask for (RFC 9110, section 15.2), and undici cuts the connection. Answers what to call before a
 * request is written.
 */
export function skipContinue(socket: Socket): () => void {
  const read = socket.read.bind(socket)
  /** What has come of an answer while it may still be one of those; undefined once it is not. */
  let begun: Buffer | undefined

  socket.read = () => {
    const chunk: Buffer | null = read()
    if (begun === undefined || chunk === null) return chunk
    const rest = afterContinue(begun.length === 0 ? chunk : Buffer.concat([begun, chunk]))
    begun = mayContinue(rest) ? rest : undefined
    return begun === undefined ? rest : null
  }
  return () => {
    begun = nothing
  }
}

function afterContinue(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, start.length).equals(start)) return bytes
  const at = bytes.indexOf(end)
  return at < 0 ? bytes : afterContinue(bytes.subarray(at + end.length))
}

function mayContinue(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, start.length)
  return bytes.length < mostBytes && bytes.subarray(0, length).equals(start.subarray(0, length))
}
