import { createRoute, z } from '@hono/zod-openapi'
import type { Plugin } from '../../plugin/plugin.ts'
import { parseAddress } from '../../rules/address.ts'
import { missingOf } from '../../rules/lacks.ts'
import type { Vault } from '../../rules/vault.ts'
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
      const watched = await Promise.all(
        instances
          .filter(({ enabled }) => enabled)
          .map(async (instance) => ({ ...instance, user: await userOf(instance, store.vault) })),
      )
      return context.json(
        catalog.plugins.map((plugin) => presentPlugin(plugin, watched, errors)),
        200,
      )
    },
  )
}

function presentPlugin(
  plugin: Plugin,
  watched: readonly (Instance & { readonly user: string })[],
  errors: ReadonlyMap<string, string | null>,
) {
  const { name, version, events, requires, poll } = plugin
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
      missing: missingOf(plugin, instance.lacks, instance.user),
    })),
  }
}

/** Whom the server knows us as; the URL is opened only where somebody will want to know. */
async function userOf({ url, lacks }: Instance, vault: Vault): Promise<string> {
  if (Object.keys(lacks).length === 0) return ''
  return parseAddress(await vault.open(url)).username ?? 'default'
}

function keyOf(plugin: string, instanceId: string): string {
  return `${plugin} ${instanceId}`
}
