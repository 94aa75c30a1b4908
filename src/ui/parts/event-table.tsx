import { z } from 'zod'
import type { Event } from '../../store/events.ts'
import { Table } from './pieces.tsx'
import { Pill, SeverityPill } from './pill.tsx'
import { Time } from './time.tsx'

const told = z.object({ message: z.string() })

/** What happened, one a row. */
export function EventTable({
  events,
  instances,
}: {
  events: readonly Event[]
  /** Names by id. */
  instances: ReadonlyMap<string, string>
}) {
  return (
    <Table label="Events" columns={['Event', 'Severity', 'Instance', 'What', 'When']}>
      {events.map((event) => (
        <tr>
          <td>
            <a href={`/events/${event.id}`}>{event.type}</a>
          </td>
          <td>
            {event.fired ? (
              <SeverityPill severity={event.severity} />
            ) : (
              <Pill tone="off">below threshold</Pill>
            )}
          </td>
          <td class="name">{placeOf(event, instances)}</td>
          <td class="name">{messageOf(event)}</td>
          <td class="nowrap">
            <Time at={event.occurredAt} />
          </td>
        </tr>
      ))}
    </Table>
  )
}

/** Where it happened. */
export function placeOf({ instanceId, host, port }: Event, names: ReadonlyMap<string, string>) {
  const name = names.get(instanceId ?? '')
  if (name !== undefined) return <a href={`/instances/${instanceId}`}>{name}</a>
  return host === null ? <span class="muted">–</span> : `${host}:${port}`
}

/** The line for people that is sent along. */
export function messageOf({ data }: Event): string {
  const read = told.safeParse(JSON.parse(data))
  return read.success ? read.data.message : ''
}
