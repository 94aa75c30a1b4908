import type { ClaimedInstance } from '../store/looks.ts'
import type { OpenSpan, Tracer } from './tracer.ts'

/** A look as a trace shows it: the beginning of what comes of it. */
export function pollSpan(tracer: Tracer, { id, host, port }: ClaimedInstance): OpenSpan {
  const attributes = { 'server.address': host, 'server.port': port, 'tocsin.instance.id': id }
  return tracer.start('poll', { kind: 'internal', attributes })
}

/** Ends it with what was seen, and who failed to see anything. */
export function endPoll(
  span: OpenSpan,
  readings: number,
  failed: readonly { readonly plugin: string }[],
  { lastError }: { readonly lastError: string | null },
): void {
  const plugins = failed.map(({ plugin }) => plugin).join(', ')
  const error = lastError ?? (plugins && `plugins failed: ${plugins}`)
  span.end({ 'tocsin.readings': readings, 'tocsin.plugins.failed': plugins || null }, error)
}
