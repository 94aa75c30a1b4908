import { readdir } from 'node:fs/promises'
import type { EventDeclaration, Plugin } from 'tocsin/plugin'

const folder = new URL('../../plugins/', import.meta.url)

/** The default export of every file in plugins/. */
async function loadPlugins(): Promise<Plugin[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()
  return Promise.all(
    names.map(async (name) => {
      const module: { readonly default?: Plugin } = await import(new URL(name, folder).href)
      if (!module.default?.events)
        throw new TypeError(`plugins/${name} has no plugin as its default.`)
      return module.default
    }),
  )
}

/** Every event type that a plugin in plugins/ declares, by its name. */
export async function loadEvents(): Promise<ReadonlyMap<string, EventDeclaration>> {
  const plugins = await loadPlugins()
  return new Map(plugins.flatMap(({ events }) => events.map((event) => [event.type, event])))
}
