import { setTimeout as pause } from 'node:timers/promises'
import type { TocsinProcess } from './tocsin-process.ts'

/**
 * Resolves after so many further looks at the one instance of a service, as the service itself
 * counts them. It asks fifty times a second: asked without a pause, the service does little else.
 */
export async function looks(service: Pick<TocsinProcess, 'api'>, count: number): Promise<void> {
  const seen = new Set<unknown>()
  for (;;) {
    const { body } = await service.api('GET', '/api/instances')
    seen.add((body as { lastLookAt: number }[])[0]?.lastLookAt)
    if (seen.size > count) return
    await pause(20)
  }
}
