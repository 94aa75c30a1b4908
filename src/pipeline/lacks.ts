import { capabilityKey, type Lacks } from '../rules/lacks.ts'
import type { PluginLook } from './look.ts'

/** What a server turned out not to give us in one look; null where that is what was known before. */
export function changedLacks(
  before: Lacks,
  refused: Lacks,
  looks: readonly Pick<PluginLook, 'plugin' | 'capabilities'>[],
  now: number,
): Lacks | null {
  const after = { ...refused }
  for (const { plugin, capabilities } of looks)
    for (const [name, available] of capabilities) {
      const key = capabilityKey(plugin, name)
      if (available) delete after[key]
      else after[key] = before[key] ?? { reason: 'off', message: '', at: now }
    }
  return JSON.stringify(after) === JSON.stringify(before) ? null : after
}
