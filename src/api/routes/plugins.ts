import { createRoute, z } from '@hono/zod-openapi'
import type { Plugin } from '../../plugin/plugin.ts'
import { type Instance, listInstances } from '../../store/instances.ts'
import { pluginReport } from '../../store/states.ts'
import { answer, anyway } from '../answers.ts'
import type { Api } from '../context.ts'
import { pluginSchema } from '../schemas/plugin.ts'
import type { Service } from '../service.ts'

/** Instances shown with each plugin, the oldest first. */
const mostInstances = 1000

/** The plugins in use. */
export function pluginRoutes(api: Api, { store, catalog }: Service): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/plugins',
      operationId: 'listPlugins',
      tags: ['Plugins'],
      summary: 'List the plugins, what each needs, and how its looks go',
      description: '`commands` is what a monitoring user must be allowed on a server.',
      responses: { 200: answer('Plugins.', z.array(pluginSchema)), ...anyway },
    }),
    async (context) => {
      const instances = await listInstances(store, { limit: mostInstances })
      const errors = new Map(
        (await pluginReport(store)).map(({ plugin, instanceId, error }) => [
          keyOf(plugin, instanceId),
          error,
        ]),
      )
      const watched = instances.filter(({ enabled }) => enabled)
      return context.json(
        catalog.plugins.map((plugin) => presentPlugin(plugin, watched, errors)),
        200,
      )
    },
  )
}

function presentPlugin(
  { name, version, events, requires, poll }: Plugin,
  watched: readonly Instance[],
  errors: ReadonlyMap<string, string | null>,
) {
  return {
    name,
    ...(version !== undefined && { version }),
    events: events.map(({ type }) => type),
    commands: (requires?.commands ?? []).map((command) => `+${command}`),
    instances: (poll === undefined ? [] : watched).map((instance) => ({
      id: instance.id,
      name: instance.name,
      lastLookAt: instance.lastLookAt?.getTime() ?? null,
      error: errors.get(keyOf(name, instance.id)) ?? null,
    })),
  }
}

function keyOf(plugin: string, instanceId: string): string {
  return `${plugin} ${instanceId}`
}
