/** Most headers of one webhook. */
const maxHeaders = 50
/** Most bytes of all names and values together: half of what common servers accept in all. */
const maxBytes = 8192

/** RFC 9110, section 5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** What HTTP carries: a tab, visible ASCII, and latin1 above it (RFC 9110, section 5.5). */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** Set by the connection, by a format or by a signature: a webhook's own would break or forge them. */
const reserved =
  /^(host|content-(length|type|encoding|digest)|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|user-agent|x-signature|signature|signature-input|traceparent|tracestate|(proxy|webhook|x-webhook|x-db24x7|ce|svix)-.*)$/i

const secretName =
  /authorization|cookie|token|secret|passw(or)?d|credential|(api|access|private)[-_]?key|(?<!(routing|idempotency|partition|dedup|cache)[-_]?)key$/i

/** Names that were asked for: the same few come again and again. */
const judged = new Map<string, boolean>()
const mostJudged = 1000

/** Whether the value of a header of that name is taken for a secret. */
export function bearsSecret(name: string): boolean {
  const known = judged.get(name)
  if (known !== undefined) return known
  const fresh = secretName.test(name)
  if (judged.size >= mostJudged) judged.clear()
  judged.set(name, fresh)
  return fresh
}

/** Why a webhook may not carry this header, in words that name it; undefined when it may. */
export function headerFault(name: string, value: string): string | undefined {
  if (!token.test(name)) {
    return `${JSON.stringify(name)} is not a header name; use letters, digits and hyphens`
  }
  if (reserved.test(name)) return `${name} is set by Tocsin; remove it`
  if (!fieldValue.test(value)) {
    return `the value of ${name} holds a line break, a control character or one outside latin1`
  }
  return undefined
}

/** Why these headers are too much together; undefined when they are not. */
export function headersFault(headers: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(headers)
  if (entries.length > maxHeaders) {
    return `${entries.length} headers; a webhook has at most ${maxHeaders}`
  }
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (bytes > maxBytes) {
    return `names and values are ${bytes} bytes together; at most ${maxBytes} are allowed`
  }
  const seen = new Set<string>()
  for (const [name] of entries) {
    const key = name.toLowerCase()
    if (seen.has(key)) return `${name} is given twice; header names ignore case`
    seen.add(key)
  }
  return undefined
}

/**
 * The headers as history may show them: values that look like credentials become `***`, the others
 * what `shown` makes of them.
 */
export function redactHeaders(
  headers: Readonly<Record<string, string>>,
  shown: (value: string) => string = (value) => value,
): Record<string, string> {
  const entries = Object.entries(headers)
  for (const entry of entries) entry[1] = bearsSecret(entry[0]) ? '***' : shown(entry[1])
  return Object.fromEntries(entries)
}
