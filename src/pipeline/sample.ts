import type { Valkey } from '../plugin/valkey.ts'
import { gauges } from '../rules/gauges.ts'
import type { Sample } from '../store/samples.ts'
import type { PluginLook } from './look.ts'

/** Takes down what a look has read, once a minute for each instance. */
export interface Sampler {
  /** Undefined where the minute has its sample, or nothing was read. */
  take(
    instanceId: string,
    valkey: Valkey,
    looks: readonly PluginLook[],
    now: number,
  ): Promise<Sample | undefined>
  /** Forgets instances that were last looked at before then. */
  sweep(before: number): void
}

const minuteMs = 60_000

export function createSampler(): Sampler {
  const taken = new Map<string, number>()
  return {
    async take(instanceId, valkey, looks, now) {
      const minute = now - (now % minuteMs)
      if (taken.get(instanceId) === minute) return undefined
      taken.set(instanceId, minute)
      // Asked already in this look, so it costs nothing; a server that is down has nothing to say.
      const info = await valkey.info().catch(() => undefined)
      const values: Record<string, number> = {}
      for (const [name, { field }] of Object.entries(gauges)) {
        const value = info?.number(field)
        if (value !== undefined) values[name] = value
      }
      for (const { event, data } of looks.flatMap(({ readings }) => readings)) {
        const { threshold } = event.declaration
        if (threshold === undefined) continue
        const worst = threshold.direction === 'below' ? Math.min : Math.max
        const value = threshold.value(data)
        values[threshold.key] = worst(values[threshold.key] ?? value, value)
      }
      return Object.keys(values).length === 0
        ? undefined
        : { instanceId, at: new Date(minute), values }
    },
    sweep(before) {
      for (const [id, minute] of taken) if (minute < before) taken.delete(id)
    },
  }
}
