import type { Store } from '../../src/store/database.ts'
import { newId } from '../../src/store/ids.ts'
import { enqueue, type NewEvent } from '../../src/store/outbox.ts'
import { claimDeliveries } from '../../src/store/queue.ts'
import { type Settled, settleDeliveries } from '../../src/store/settle.ts'

/** Stores an event and owes it to these webhooks; answers the ids of both. */
export async function happen(
  { db }: Store,
  webhookIds: readonly string[],
  changes: Partial<NewEvent> = {},
): Promise<{ eventId: string; deliveryIds: string[] }> {
  const event: NewEvent = {
    id: newId(),
    type: 'instance.down',
    severity: 'critical',
    instanceId: null,
    host: 'valkey.example.com',
    port: 6379,
    subject: '',
    data: '{"reason":"Connection refused","message":"down"}',
    trace: null,
    source: 'plugin',
    occurredAt: new Date(1_706_457_600_000),
    ...changes,
  }
  const owed = webhookIds.map((webhookId) => ({
    id: newId(),
    eventId: event.id,
    webhookId,
    data: null,
  }))
  await enqueue(db, {
    events: [{ event, always: true, certain: true }],
    owed: owed.map((delivery) => ({ delivery, conditional: false })),
    raised: [],
    cleared: [],
    peaks: [],
  })
  return { eventId: event.id, deliveryIds: owed.map(({ id }) => id) }
}

/** Attempts everything that is due, once, with one outcome. */
export async function attemptAll(store: Store, outcome: Partial<Settled> = {}): Promise<string[]> {
  const { deliveries: claimed } = await claimDeliveries(store, {
    limit: 1000,
    perWebhook: 1000,
    leaseMs: 60_000,
  })
  await settleDeliveries(
    store,
    claimed.map(({ id, claimId, attempt }) => ({
      id,
      claimId,
      attempt,
      unspent: false,
      status: 'success',
      retryInMs: null,
      body: '{"event":"instance.down"}',
      shape: 'betterdb',
      startedAt: new Date(1_706_457_600_500),
      durationMs: 145,
      requestHeaders: '{"Content-Type":"application/json","Authorization":"***"}',
      statusCode: 200,
      responseHeaders: '{"content-type":"text/plain"}',
      responseBody: 'OK',
      errorClass: null,
      error: null,
      ...outcome,
    })),
  )
  return claimed.map(({ id }) => id)
}

/** How an attempt ends that no answer came to. */
export const refused = {
  status: 'dead_letter',
  statusCode: null,
  responseHeaders: null,
  responseBody: null,
  errorClass: 'refused',
  error: 'Connection refused',
} as const
