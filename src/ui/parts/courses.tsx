import { amount, type Gauge } from '../gauge.ts'
import { Course } from './course.tsx'
import { Empty } from './pieces.tsx'

/** What was read of an instance, each number with its own course. */
export function Courses({
  gauges,
  from,
  to,
  shown,
}: {
  gauges: readonly Gauge[]
  from: number
  to: number
  shown: string
}) {
  if (gauges.length === 0)
    return (
      <Empty title="No reading yet">
        <p class="muted">
          One is kept each minute for an hour, and each quarter of an hour for a day.
        </p>
      </Empty>
    )
  return (
    <div class="halves">
      {gauges.map(({ title, unit, limit, points }) => {
        const values = points.map(({ value }) => value)
        const [least, most] = [Math.min(...values), Math.max(...values)]
        const now = amount(points.at(-1)?.value ?? 0, unit)
        return (
          <figure class="card">
            <figcaption class="row">
              <strong>{title}</strong> <span class="number">{now}</span>
              <span class="muted small">
                {amount(least, unit)} to {amount(most, unit)}
                {limit !== undefined && ` · alerts at ${amount(limit, unit)}`}
              </span>
            </figcaption>
            <Course
              title={title}
              unit={unit}
              points={points}
              from={from}
              to={to}
              limit={limit}
              label={`${title} in the last ${shown}, now ${now}`}
            />
          </figure>
        )
      })}
    </div>
  )
}
