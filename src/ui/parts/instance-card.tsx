import type { Catalog } from '../../rules/catalog.ts'
import type { FleetMember } from '../../store/fleet.ts'
import type { Reading } from '../../store/samples.ts'
import { amount, gaugesOf } from '../gauge.ts'
import { Pill, StatePill } from './pill.tsx'
import { Sparkline } from './sparkline.tsx'
import { Time } from './time.tsx'

export interface InstanceCardProps {
  readonly member: FleetMember
  readonly readings: readonly Reading[]
  readonly catalog: Catalog
  readonly limits: ReadonlyMap<string, { readonly low: number; readonly high: number }>
  readonly from: number
  readonly to: number
}

/** One server: how it stands, and its last hour. */
export function InstanceCard({ member, readings, catalog, limits, from, to }: InstanceCardProps) {
  const { id, name, host, port, enabled, state, server, version, role } = member
  const down = enabled && state === 'down'
  const known = [server && `${server} ${version ?? ''}`.trim(), role].filter(Boolean).join(' · ')
  return (
    <article class={`card instance ${down ? 'down' : enabled ? '' : 'off'}`}>
      <div class="instance-head">
        <div>
          <h3>
            <a href={`/instances/${id}`}>{name}</a>
          </h3>
          <p class="muted small">
            {name !== `${host}:${port}` && (
              <span class="block">
                {host}:{port}
              </span>
            )}
            {known}
          </p>
        </div>
        <StatePill enabled={enabled} state={state} />
      </div>
      {member.alerts.length > 0 && (
        <p class="chips">
          {member.alerts.map((type) => (
            <a href={`/alerts?instance=${id}`}>
              <Pill tone="bad">{type}</Pill>
            </a>
          ))}
        </p>
      )}
      {down && <p class="fault">{member.lastError ?? 'It does not answer.'}</p>}
      <dl class="gauges">
        {gaugesOf(catalog, readings, limits).map(({ title, unit, limit, points }) => {
          const now = amount(points.at(-1)?.value ?? 0, unit)
          const fires = limit === undefined ? '' : `; alerts fire at ${amount(limit, unit)}`
          return (
            <div class="gauge">
              <dt class="muted">{title}</dt>
              <dd>
                <span class="value">{now}</span>
                <Sparkline
                  points={points}
                  from={from}
                  to={to}
                  limit={limit}
                  label={`${title} in the last hour, now ${now}${fires}`}
                />
              </dd>
            </div>
          )
        })}
      </dl>
      <p class="muted small">
        Last seen <Time at={member.lastSeenAt} />
      </p>
    </article>
  )
}
