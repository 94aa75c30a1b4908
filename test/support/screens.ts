/** What the screens are about, by id. */
export interface Subjects {
  readonly webhook: string
  readonly instance: string
  readonly delivery: string
  readonly event: string
}

/** Where every screen is, each once. */
export function screens({ webhook, instance, delivery, event }: Subjects): string[] {
  return [
    '/',
    '/alerts',
    `/alerts/trace?webhook=${webhook}&event=memory.critical&instance=${instance}`,
    '/webhooks',
    '/webhooks/new',
    `/webhooks/${webhook}`,
    `/webhooks/${webhook}/edit`,
    `/webhooks/${webhook}/replay?time=24h`,
    `/webhooks/${webhook}/progress?kind=replay&since=0&of=1`,
    '/deliveries',
    `/deliveries/${delivery}`,
    '/dead-letters',
    `/dead-letters/retry?webhook=${webhook}`,
    '/events',
    `/events/${event}`,
    '/event-types',
    '/event-types/memory.critical',
    '/plugins',
    '/settings',
    '/settings/tokens',
    '/settings/audit',
    '/instances/new',
    `/instances/${instance}`,
    `/instances/${instance}/edit`,
  ]
}
