import type { Format } from '../plugin/format.ts'

/** How many events of one webhook may go in one request, or why only one may. */
export type Batching =
  | { readonly most: number; readonly usualMs: number | undefined }
  | { readonly reason: string }

/** What a format makes of batches; `config` is a webhook's `formatConfig`, complete. */
export function batchingOf(
  { title, batch }: Format,
  config: Readonly<Record<string, unknown>> = {},
): Batching {
  if (batch === undefined) return { reason: `${title} takes one event a request` }
  const reason = batch.unless?.(config)
  return reason === undefined ? { most: batch.most, usualMs: batch.throttleMs } : { reason }
}
