/** A whole answer, for whoever has nothing but a connection to write it to. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const kinds = {
  400: [
    'malformed-request',
    'Malformed request',
    'It cannot be read as an HTTP request: look at its first line, its Host and its headers.',
  ],
  408: ['request-timeout', 'Request timeout', 'It did not come whole in time: send it again.'],
  413: ['payload-too-large', 'Payload too large', 'What frames its body is too large.'],
  503: ['starting', 'Starting', 'The service is not ready yet: ask again in a second.'],
  431: [
    'headers-too-large',
    'Headers too large',
    'Its first line and headers are too large, or too many: send less.',
  ],
} as const
export type RefusalStatus = keyof typeof kinds

/** What is answered where no route can: to what is no request, and before there is a service (RFC 9457). */
export function refusalOf(status: RefusalStatus): Refusal {
  const [kind, title, detail] = kinds[status]
  const problem = { type: `/problems/${kind}`, title, status, detail }
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
      Connection: 'close',
      ...(status === 503 && { 'Retry-After': '1' }),
    },
    body: JSON.stringify({ ...problem, message: detail, error: title, statusCode: status }),
  }
}

/** The same as a runtime answers it. */
export function refuse(status: RefusalStatus): Response {
  const { headers, body } = refusalOf(status)
  return new Response(body, { status, headers })
}
