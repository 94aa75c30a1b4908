import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Ask,
  type DeliveryAnswer,
  deliveryAnswer,
  type EventTypeAnswer,
  eventAnswer,
  eventTypesAnswer,
  publishedAnswer,
  webhookAnswer,
} from './service-client.ts'

export interface TriggerOptions {
  readonly type: string
  /** Members that differ from the example of the event type. */
  readonly data: Readonly<Record<string, unknown>>
  /** An id, or a host and port. */
  readonly instance: string | { readonly host: string; readonly port: number }
  readonly subject?: string | undefined
  /** How long to wait until the deliveries have ended, milliseconds. 0: not at all. */
  readonly waitMs: number
  readonly json?: boolean | undefined
}

type Print = (text: string) => void

const ended = ['success', 'dead_letter', 'failed']
const pollMs = 200
const mostShown = 20

/** Prints the event types of a running service. */
export async function listEventTypes(ask: Ask, print: Print): Promise<void> {
  const types = await ask('/api/event-types', eventTypesAnswer)
  const widest = Math.max(...types.map(({ type }) => type.length))
  for (const { type, tier, severity, summary, threshold } of types) {
    const limit = threshold ? ` (${threshold.key}, ${threshold.default})` : ''
    print(`${type.padEnd(widest)}  ${tier.padEnd(10)}  ${severity.padEnd(8)}  ${summary}${limit}\n`)
  }
}

/** Publishes an example event; false where a delivery waited for has not succeeded. */
export async function trigger(options: TriggerOptions, ask: Ask, print: Print): Promise<boolean> {
  const { type, instance, subject, waitMs, json = false } = options
  const known = await ask('/api/event-types', eventTypesAnswer)
  const declared = known.find((it) => it.type === type)
  if (declared === undefined) throw new Error(unknownType(type, known))
  const data = { ...declared.example, ...options.data }
  const sent = { type, instance, data, ...(subject !== undefined && { subject }) }
  const { events } = await ask('/api/events', publishedAnswer, sent)
  const [{ id, deliveries: count } = { id: '', deliveries: 0 }] = events
  const say: Print = json ? () => undefined : print

  say(`Accepted ${type} as ${id}: ${count} ${count === 1 ? 'delivery' : 'deliveries'}\n`)
  if (count === 0) say(`  ${noDelivery(declared)}\n`)
  const shown = count > 0 ? await follow(id, Date.now() + waitMs, ask, say) : []
  if (count > mostShown) say(`  and ${count - mostShown} more\n`)
  if (json) print(`${JSON.stringify({ id, type, deliveries: shown })}\n`)
  return waitMs === 0 || shown.every(({ status }) => status === 'success')
}

/** Looks at an event's deliveries until all have ended or the time is up, and tells each change. */
async function follow(eventId: string, until: number, ask: Ask, say: Print) {
  const names = new Map<string, string>()
  const states = new Map<string, DeliveryAnswer>()
  for (;;) {
    const { deliveries } = await ask(`/api/events/${eventId}`, eventAnswer)
    for (const { id, webhookId } of deliveries.slice(0, mostShown)) {
      const before = states.get(id)
      if (before !== undefined && hasEnded(before)) continue
      const delivery = await ask(`/api/webhooks/deliveries/${id}`, deliveryAnswer)
      states.set(id, delivery)
      if (before?.status === delivery.status && before.attempts === delivery.attempts) continue
      const name = names.get(id) ?? (await nameOf(webhookId, ask))
      names.set(id, name)
      say(`  -> ${name}: ${stateText(delivery)}\n`)
    }
    if (deliveries.every(hasEnded) || Date.now() >= until) {
      return deliveries.map((delivery) => states.get(delivery.id) ?? delivery)
    }
    await sleep(pollMs)
  }
}

const hasEnded = ({ status }: { readonly status: string }) => ended.includes(status)

async function nameOf(webhookId: string, ask: Ask): Promise<string> {
  const { name, url } = await ask(`/api/webhooks/${webhookId}`, webhookAnswer)
  return `${name} (${url})`
}

function stateText({ id, status, statusCode, attempts, nextRetryAt, error }: DeliveryAnswer) {
  const tried = attempts > 0 ? `, attempt ${attempts}` : ''
  const answer = statusCode === null ? error : `answered ${statusCode}`
  const wait = nextRetryAt === null ? 0 : Math.max(0, nextRetryAt - Date.now())
  const next = wait > 0 ? `, tried again in ${Math.ceil(wait / 1000)} s` : ''
  return `${status}${tried}${answer === null ? '' : `, ${answer}`}${next} [${id}]`
}

function noDelivery({ type, threshold }: EventTypeAnswer): string {
  const none = `no enabled webhook wants ${type} now`
  if (threshold === undefined) return `${none}; GET /api/webhooks shows who wants what`
  return `${none}: none subscribes to it, its value crosses no threshold (${threshold.key}), or the alert stands already; --subject with another word makes it another alert`
}

function unknownType(type: string, known: readonly EventTypeAnswer[]): string {
  const [family] = type.split('.')
  const close = known.filter((it) => it.type.startsWith(`${family}.`)).map((it) => it.type)
  const hint = close.length > 0 ? `; there is ${close.join(', ')}` : ''
  return `${JSON.stringify(type)} is no event type of that service${hint}. --list shows them all.`
}
