import type { RetryPolicy } from '../../rules/retry.ts'
import { retryTimes } from '../../rules/retry-times.ts'
import { span } from './time.tsx'

const [width, height] = [640, 44]

/** The attempts of a delivery that keeps failing, drawn along a line; times grow to the right. */
export function RetryPlan({ policy }: { policy: RetryPolicy }) {
  const times = retryTimes(policy)
  const last = times.at(-1) ?? 0
  const total = `${times.length} ${times.length === 1 ? 'attempt' : 'attempts'}`
  const x = (at: number) =>
    12 + (last === 0 ? 0 : (Math.log1p(at / 100) / Math.log1p(last / 100)) * (width - 24))
  return (
    <figure class="retry-plan">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={`${total}: ${times.map((at) => written(at)).join(', ')}`}
      >
        <line class="base" x1="12" x2={width - 12} y1="16" y2="16" />
        {times.map((at, index) => (
          <>
            <circle cx={x(at).toFixed(1)} cy="16" r="6" />
            <text x={x(at).toFixed(1)} y="38" text-anchor={anchor(index, times.length)}>
              {index === 0 || index === times.length - 1 || times.length < 7 ? written(at) : ''}
            </text>
          </>
        ))}
      </svg>
      <figcaption class="hint">
        {total}; a delivery that keeps failing is given up{' '}
        {last === 0 ? 'at once' : `after ${span(last)}`}. Drawn on a logarithmic scale; up to a
        tenth is added to each wait.
      </figcaption>
    </figure>
  )
}

const written = (at: number) => (at === 0 ? 'at once' : `after ${span(at)}`)

function anchor(index: number, count: number): 'start' | 'middle' | 'end' {
  if (index === 0) return 'start'
  return index === count - 1 ? 'end' : 'middle'
}
