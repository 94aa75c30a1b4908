import type { Plugin } from '../plugin/plugin.ts'
import type { ConfiguredPlugin } from './look.ts'

export type { ConfiguredPlugin } from './look.ts'

/** A plugin, or a plugin with its settings. */
export type PluginEntry =
  | Plugin
  | { readonly plugin: Plugin; readonly config: Record<string, unknown> }

/** Parses the settings of each plugin. Throws, naming the plugin, where they do not fit. */
export function configure(entries: readonly PluginEntry[]): ConfiguredPlugin[] {
  return entries.map((entry) => {
    const { plugin, config } = 'plugin' in entry ? entry : { plugin: entry, config: {} }
    if (plugin.config === undefined && Object.keys(config).length > 0)
      throw new Error(`Plugin "${plugin.name}" takes no settings: remove its config.`)
    const parsed = plugin.config?.safeParse(config)
    if (parsed !== undefined && !parsed.success) {
      const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
      throw new Error(`The settings of plugin "${plugin.name}" do not fit: ${faults.join('; ')}`)
    }
    return { plugin, config: parsed?.data ?? {} }
  })
}
