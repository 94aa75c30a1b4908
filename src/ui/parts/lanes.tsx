import type { Event } from '../../store/events.ts'
import { messageOf } from './event-table.tsx'

const [width, height] = [600, 20]
const tones: Readonly<Record<string, string>> = { warning: 'warn', error: 'bad', critical: 'bad' }

/** What happened between two times: a lane for each type, a mark for each event. */
export function Lanes({
  events,
  from,
  to,
}: {
  events: readonly Event[]
  from: number
  to: number
}) {
  const lanes = new Map<string, Event[]>()
  for (const event of events) {
    const lane = lanes.get(event.type)
    if (lane === undefined) lanes.set(event.type, [event])
    else lane.push(event)
  }
  return (
    <dl class="lanes card">
      {[...lanes].map(([type, all]) => (
        <>
          <dt>
            <a href={`/event-types/${type}`}>{type}</a> <span class="muted">{all.length}</span>
          </dt>
          <dd>
            <svg
              class="lane"
              viewBox={`0 0 ${width} ${height}`}
              preserveAspectRatio="none"
              role="img"
              aria-label={`${type}: ${all.length} in the time shown`}
            >
              <line class="base" x1="0" x2={width} y1={height / 2} y2={height / 2} />
              {all.map((event) => (
                <rect
                  class={`mark ${tones[event.severity] ?? ''}`}
                  x={Math.round(((event.occurredAt.getTime() - from) / (to - from)) * width) - 2}
                  y="2"
                  width="4"
                  height={height - 4}
                  rx="1"
                >
                  <title>
                    {event.occurredAt.toISOString().slice(0, 19).replace('T', ' ')} UTC{' '}
                    {messageOf(event)}
                  </title>
                </rect>
              ))}
            </svg>
          </dd>
        </>
      ))}
    </dl>
  )
}
