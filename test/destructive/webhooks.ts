import { setTimeout as pause } from 'node:timers/promises'
import type { TocsinProcess } from '../support/tocsin-process.ts'

/** Subscribes a receiver to what the publishers publish; returns the webhook's id. */
export async function createWebhook(
  tocsin: TocsinProcess,
  url: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const settings = { name: 'test', url, events: ['instance.down'], ...more }
  const { status, body } = await tocsin.api('POST', '/api/webhooks', settings)
  if (status !== 201) throw new Error(`POST /api/webhooks: ${status} ${JSON.stringify(body)}`)
  return (body as { id: string }).id
}

/** Waits until nothing is owed to these webhooks; rejects after `withinMs`. */
export async function nothingOwed(
  tocsin: TocsinProcess,
  webhooks: readonly string[],
  withinMs: number,
): Promise<void> {
  const until = performance.now() + withinMs
  for (const id of webhooks)
    for (const status of ['pending', 'retrying'])
      while (await owes(tocsin, id, status)) {
        if (performance.now() > until)
          throw new Error(`${status} deliveries of webhook ${id} are left after ${withinMs} ms`)
        await pause(100)
      }
}

async function owes({ url }: TocsinProcess, webhook: string, status: string): Promise<boolean> {
  const response = await fetch(
    `${url}/api/webhooks/${webhook}/deliveries?status=${status}&limit=1`,
    { signal: AbortSignal.timeout(10_000) },
  )
  const text = await response.text()
  if (response.status !== 200) throw new Error(`GET deliveries: ${response.status} ${text}`)
  return JSON.parse(text).length > 0
}
