import { Sparkline, type SparklineOptions } from './sparkline.tsx'

/** A course of values large enough to read times from. */
export function Course(options: SparklineOptions) {
  const { from, to } = options
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => from + share * (to - from))
  return (
    <div class="course">
      <Sparkline {...options} wide />
      <p class="axis muted small" aria-hidden="true">
        {marks.map((at) => (
          <span>{new Date(at).toISOString().slice(11, 16)}</span>
        ))}
      </p>
    </div>
  )
}
