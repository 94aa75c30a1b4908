/** A request somebody has kept: as raw HTTP, or as its headers and its body. */
export interface CapturedRequest {
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Uint8Array
}

/**
 * Reads a request from raw HTTP text (request line, headers, empty line, body), or from JSON with
 * the members `headers` and `body`: a line of `tocsin listen --json`, or the `request` of an attempt
 * in the history. Throws what is wrong with it.
 */
export function parseRequest(bytes: Uint8Array): CapturedRequest {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart()
  if (start.startsWith('{')) return parseJson(new TextDecoder().decode(bytes))
  const text = Buffer.from(bytes).toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  const headers = parseHeaders(end ? text.slice(0, end.index) : text)
  const body = end ? bytes.subarray(end.index + end[0].length) : new Uint8Array()
  const length = Number(headers['content-length'] ?? Number.NaN)
  // Editors and shells end a file with a line break that was not sent.
  return { headers, body: body.length > length ? body.subarray(0, length) : body }
}

/** Reads `Name: value` lines, and passes over the request line. Throws where a line is neither. */
export function parseHeaders(text: string): Record<string, string | string[]> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const [first = ''] = lines
  const named = /^[A-Z]+ \S+( HTTP\/[\d.]+)?$/.test(first.trim()) ? lines.slice(1) : lines
  const headers: Record<string, string[]> = {}
  for (const line of named) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*?)\s*$/.exec(line) ?? []
    if (name === undefined) throw new Error(`no header, which is "Name: value": ${cut(line)}`)
    const key = name.toLowerCase()
    headers[key] = [...(headers[key] ?? []), value]
  }
  return headers
}

function parseJson(text: string): CapturedRequest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('the request looks like JSON, and is none')
  }
  const { headers, body } = value as { headers?: unknown; body?: unknown }
  if (typeof headers === 'object' && headers !== null && typeof body === 'string') {
    return { headers: headers as CapturedRequest['headers'], body: new TextEncoder().encode(body) }
  }
  throw new Error('the request is JSON without the members "headers" and "body" (a string)')
}

const cut = (line: string) => JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line)
