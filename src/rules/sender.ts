/** Who sends: what formats that have a place for it say about this service. */
export interface Sender {
  /** `TOCSIN_ACCOUNT_ID`. */
  readonly accountId?: string
  /** `TOCSIN_ENVIRONMENT`, else `NODE_ENV`. */
  readonly environment: string
  /** Where people reach the pages (`PUBLIC_URL`), without a slash at its end. */
  readonly publicUrl?: string
}

/** Links to the pages about an event; none where nobody has said where the pages are. */
export function linksTo(
  { publicUrl }: Sender,
  ids: { readonly event: string; readonly delivery: string; readonly webhook: string },
): { readonly event?: string; readonly delivery?: string; readonly webhook?: string } {
  if (publicUrl === undefined) return {}
  return {
    event: `${publicUrl}/events/${ids.event}`,
    delivery: `${publicUrl}/deliveries/${ids.delivery}`,
    webhook: `${publicUrl}/webhooks/${ids.webhook}`,
  }
}
