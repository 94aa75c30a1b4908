import { amount } from '../gauge.ts'
import { Sparkline, type SparklineOptions } from './sparkline.tsx'

/** A course of values large enough to read times from; a script tells each of its values. */
export function Course({ title, unit, ...options }: SparklineOptions & Named) {
  const { from, to, points } = options
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => from + share * (to - from))
  const told = points.map(({ at, value }) => `${seconds(at - from)} ${amount(value, unit)}`)
  return (
    <div class="course">
      <course-chart data-from={from} data-to={to} data-points={told.join(';')}>
        <Sparkline {...options} wide />
        <input
          type="range"
          min="0"
          max={points.length - 1}
          value={points.length - 1}
          aria-label={`${title}: go through its readings`}
        />
        <output class="small" hx-morph-skip-children />
      </course-chart>
      <p class="axis muted small">
        {marks.map((at, index) => (
          <time datetime={new Date(at).toISOString()}>
            {new Date(at).toISOString().slice(11, 16)}
            {index === marks.length - 1 && ' UTC'}
          </time>
        ))}
      </p>
    </div>
  )
}

interface Named {
  readonly title: string
  readonly unit: string
}

const seconds = (ms: number) => Math.max(0, Math.round(ms / 1000))
