import type { FormatEvent } from '../plugin/format-event.ts'

/**
 * An event as a format sees it: memory at 92.5 % on `valkey.example.com`, unless `changes` say
 * otherwise. `dataText` and `message` follow `data`.
 */
export function formatEvent(changes: Partial<FormatEvent> = {}): FormatEvent {
  const data = changes.data ?? {
    metric: 'memory_used_percent',
    value: 92.5,
    threshold: 90,
    maxmemory: 1073741824,
    usedMemory: 993001472,
    message: 'Memory usage critical: 92.5% (threshold: 90%)',
  }
  const type = changes.type ?? 'memory.high'
  const message = typeof data.message === 'string' ? data.message : ''
  return {
    id: '550e8400-e29b-41d4-a716-446655440000',
    type,
    timestamp: 1706457600000,
    severity: 'critical',
    tier: 'community',
    meaning: undefined,
    summary: 'Memory use has reached its limit.',
    message,
    subject: '',
    instance: {
      id: '018d4f9c-2f00-7000-8000-000000000003',
      name: 'cache',
      host: 'valkey.example.com',
      port: 6379,
      labels: { team: 'platform' },
    },
    data,
    dataText: JSON.stringify(data),
    threshold: {
      key: 'memoryCriticalPercent',
      limit: 90,
      value: 92.5,
      unit: '%',
      direction: 'above',
    },
    alert: {
      key: '018d4f9c-2f00-7000-8000-000000000000/018d4f9c-2f00-7000-8000-000000000003/memory.high',
      state: 'firing',
      type,
      severity: 'critical',
      lasting: true,
      since: 1706457600000,
    },
    deliveryId: '018d4f9c-2f00-7000-8000-000000000001',
    links: {
      event: 'https://tocsin.example.com/events/550e8400-e29b-41d4-a716-446655440000',
      delivery: 'https://tocsin.example.com/deliveries/018d4f9c-2f00-7000-8000-000000000001',
      webhook: 'https://tocsin.example.com/webhooks/018d4f9c-2f00-7000-8000-000000000000',
    },
    test: false,
    ...changes,
  }
}
