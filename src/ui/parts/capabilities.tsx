import { commandsOf, grant, missingOf, monitoringUser } from '../../rules/lacks.ts'
import type { Instance } from '../../store/instances.ts'
import type { Site } from '../context.ts'
import { Copyable } from './pieces.tsx'
import { Pill } from './pill.tsx'

/** What a server does not show us, what is lost by that, and the line that mends it. */
export function Capabilities({ site, row, user }: { site: Site; row: Instance; user: string }) {
  const { plugins } = site.service.catalog
  const lacking = plugins.flatMap((plugin) => missingOf(plugin, row.lacks, user))
  const unique = [...new Map(lacking.map((one) => [one.name, one])).values()]
  const needed = commandsOf(plugins)
  return (
    <section class="flow" aria-labelledby="capabilities">
      <h2 id="capabilities">Capabilities</h2>
      {unique.length === 0 ? (
        <p class="muted">Everything the plugins ask for, as far as the last look could tell.</p>
      ) : (
        <ul class="card rows">
          {unique.map(({ name, reason, without, message, events, fix }) => (
            <li class="flow">
              <p>
                <code>{name}</code> <Pill tone={fix === undefined ? 'off' : 'warn'}>{reason}</Pill>{' '}
                {without} <span class="muted small">{events.join(', ')}</span>
              </p>
              {message !== '' && <p class="muted small">{message}</p>}
              {fix !== undefined && <Copyable text={fix} label={`the line that mends ${name}`} />}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>ACL line for a monitoring user</summary>
        <div class="stack">
          <p class="muted">For a new user, with a password of your choice:</p>
          <Copyable text={monitoringUser('tocsin', needed)} label="the line for a new user" />
          <p class="muted">For a user that exists:</p>
          <Copyable text={grant(user, needed)} label="the line for an existing user" />
        </div>
      </details>
    </section>
  )
}
