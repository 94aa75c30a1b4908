import type { Happened, Span } from '../../store/timeline.ts'

const [width, height] = [600, 20]
const tones: Readonly<Record<string, string>> = { warning: 'warn', error: 'bad', critical: 'bad' }

/** What happened between two times: a lane for each type, a mark for each slot that has some. */
export function Lanes({ happened, span }: { happened: readonly Happened[]; span: Span }) {
  const lanes = new Map<string, Happened[]>()
  for (const one of happened) {
    const lane = lanes.get(one.type)
    if (lane === undefined) lanes.set(one.type, [one])
    else lane.push(one)
  }
  const step = width / span.slots
  return (
    <dl class="lanes card">
      {[...lanes].map(([type, marks]) => {
        const all = marks.reduce((sum, { count }) => sum + count, 0).toLocaleString('en')
        return (
          <>
            <dt>
              <a href={`/event-types/${type}`}>{type}</a> <span class="muted">{all}</span>
            </dt>
            <dd>
              <svg
                class="lane"
                viewBox={`0 0 ${width} ${height}`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`${type}: ${all} in the time shown`}
              >
                <line class="base" x1="0" x2={width} y1={height / 2} y2={height / 2} />
                {marks.map(({ slot, severity, count }) => (
                  <rect
                    class={`mark ${tones[severity] ?? ''}`}
                    x={Math.round(slot * step)}
                    y="2"
                    width={step}
                    height={height - 4}
                    rx="1"
                  >
                    <title>{titleOf(slot, count, span)}</title>
                  </rect>
                ))}
              </svg>
            </dd>
          </>
        )
      })}
    </dl>
  )
}

function titleOf(slot: number, count: number, { from, to, slots }: Span): string {
  const at = (one: number) =>
    new Date(from + (one * (to - from)) / slots).toISOString().slice(11, 16)
  return `${at(slot)} to ${at(slot + 1)} UTC: ${count === 1 ? 'once' : `${count} times`}`
}
