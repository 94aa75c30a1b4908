import { commandsOf, missingOf, monitoringUser } from '../../rules/lacks.ts'
import { fleetStates } from '../../store/fleet.ts'
import { lackingInstances } from '../../store/instance-lacks.ts'
import { pluginTroubles } from '../../store/states.ts'
import type { Pages, Site } from '../context.ts'
import { Copyable, Heading, LivePart } from '../parts/pieces.tsx'
import { Pill } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'

/** What observes, what it needs, and how its looks go. */
export function pluginPages(pages: Pages, site: Site): void {
  const { store, catalog } = site.service
  pages.get('/plugins', async (context) => {
    const [troubles, lacking, { up }] = await Promise.all([
      pluginTroubles(store),
      lackingInstances(store),
      fleetStates(store),
    ])
    return context.html(
      await page(site, context, { title: 'Plugins', section: 'plugins' }, [
        <Heading title="Plugins" lead="What observes the instances, and what each needs to see." />,
        <LivePart path="/plugins">
          <div class="grid">
            {catalog.plugins.map((plugin) => {
              const { name, version, events, requires } = plugin
              const trouble = troubles.get(name)
              const groups = lacking.filter(({ lacks }) => missingOf(plugin, lacks, '').length > 0)
              const without = groups.flatMap(({ some }) => some)
              const others = groups.reduce((sum, { count }) => sum + count, 0) - 5
              return (
                <section class="card stack" aria-labelledby={`plugin-${name}`}>
                  <div class="row">
                    <h2 id={`plugin-${name}`}>{name}</h2>
                    {version !== undefined && <span class="muted">{version}</span>}
                    <Health trouble={trouble} up={plugin.poll === undefined ? 0 : up} />
                  </div>
                  {trouble?.error != null && <p class="fault">{trouble.error}</p>}
                  <ul>
                    {events.map(({ type }) => (
                      <li>
                        <a href={`/event-types/${type}`}>{type}</a>
                      </li>
                    ))}
                  </ul>
                  {(requires?.commands ?? []).length > 0 && (
                    <p class="small muted">
                      Needs <code>{requires?.commands.map((it) => `+${it}`).join(' ')}</code>
                    </p>
                  )}
                  {without.length > 0 && (
                    <p class="small">
                      Sees less than it could on{' '}
                      {without.slice(0, 5).map(({ id, name }, index) => (
                        <>
                          {index > 0 && ', '}
                          <a href={`/instances/${id}#capabilities`}>{name}</a>
                        </>
                      ))}
                      {others > 0 && ` and ${others} more`}
                    </p>
                  )}
                </section>
              )
            })}
          </div>
        </LivePart>,
        <section class="card stack" aria-labelledby="user">
          <h2 id="user">A monitoring user for all of them</h2>
          <p class="muted">On each server, with a password of your choice in place of PASSWORD:</p>
          <Copyable
            text={monitoringUser('tocsin', commandsOf(catalog.plugins))}
            label="the line for a new user"
          />
        </section>,
      ]),
    )
  })
}

/** A plugin that has nothing to remember and no trouble leaves no trace of its looks. */
function Health({ trouble, up }: { trouble: Trouble | undefined; up: number }) {
  const { failed = 0, looked = up } = trouble ?? {}
  if (failed > 0) return <Pill tone="bad">Failing on {failed}</Pill>
  return looked > 0 ? <Pill tone="ok">OK on {looked}</Pill> : null
}

type Trouble = { readonly failed: number; readonly looked: number }
