/** Publishes one event; undefined where the service was not there, or asked to come again. */
export async function publishAt(
  url: string | undefined,
  key: string,
  onTimeout: () => void,
): Promise<string | undefined> {
  if (url === undefined) return undefined
  const response = await post(url, [key], { 'Idempotency-Key': key }).catch((error) => {
    if (error instanceof Error && error.name === 'TimeoutError') onTimeout()
    return undefined
  })
  if (response === undefined || [429, 503].includes(response.status)) return undefined
  return eventIds(response)[0]
}

/** Publishes so many events in one request and returns their ids. */
export async function publish(url: string, count: number): Promise<string[]> {
  return eventIds(await post(url, Array.from({ length: count }, String)))
}

interface Answered {
  readonly status: number
  readonly text: string
}

async function post(
  url: string,
  reasons: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const response = await fetch(`${url}/api/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(reasons.map((reason) => ({ type: 'instance.down', data: { reason } }))),
    signal: AbortSignal.timeout(10_000),
  })
  return { status: response.status, text: await response.text() }
}

function eventIds({ status, text }: Answered): string[] {
  if (status !== 202) throw new Error(`POST /api/events: ${status} ${text}`)
  return (JSON.parse(text).events as { id: string }[]).map(({ id }) => id)
}
