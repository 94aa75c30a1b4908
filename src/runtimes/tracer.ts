import { createTracer, type Log, type TocsinOptions } from '../index.ts'
import { encodeSpansAsProtobuf } from '../rules/span-protobuf.ts'
import type { TracingSettings } from './tracing.ts'

/** Tells the collector that the environment names; undefined where it names none. */
export function startTracer(
  settings: TracingSettings | undefined,
  version: string,
  log: Log,
): TocsinOptions['tracer'] {
  if (settings === undefined) return undefined
  const { endpoint, headers, protobuf, resource, timeoutMs, ratio, heedParent } = settings
  let told = false
  return createTracer({
    resource: { 'service.version': version, ...resource },
    ratio,
    heedParent,
    ...(protobuf && { encode: encodeSpansAsProtobuf }),
    now: Date.now,
    random: Math.random,
    async send(body) {
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: {
          ...headers,
          'Content-Type': protobuf ? 'application/x-protobuf' : 'application/json',
        },
        body,
        // Workers know no other way not to follow one.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      await answer.body?.cancel()
      if (!answer.ok) throw new Error(`the collector answers ${answer.status}`)
      told = false
    },
    onFailure(error) {
      // Once, until it works again: the next traces fail in the same way.
      if (!told) log.warn('traces cannot be sent: {error}', { error })
      told = true
    },
  })
}
