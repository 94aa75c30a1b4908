const [width, height] = [120, 28]
/** Drawn on a grid of halves of a pixel: whole numbers are short, and there are many of them. */
const [columns, lines] = [width * 2, height * 2]

/** One point: when, in epoch milliseconds, and how much. */
export interface Point {
  readonly at: number
  readonly value: number
}

export interface SparklineOptions {
  readonly points: readonly Point[]
  readonly from: number
  readonly to: number
  /** Where alerts fire; drawn as a line, and part of the scale. */
  readonly limit?: number | undefined
  /** What it shows, for those who do not see it. */
  readonly label: string
  /** Fills the width there is. */
  readonly wide?: boolean
}

/** A course of values, drawn by the server. A gap in the readings is a gap in the line. */
export function Sparkline({ points, from, to, limit, label, wide }: SparklineOptions) {
  const top = Math.max(...points.map(({ value }) => value), limit ?? 0, 1e-9) * 1.1
  const x = (at: number) => Math.round(((at - from) / (to - from)) * columns)
  const y = (value: number) => Math.round(lines - 2 - (Math.max(0, value) / top) * (lines - 4))
  const last = points.at(-1)
  const over = limit !== undefined && last !== undefined && last.value >= limit
  const paths = split(points, (to - from) / 12).map((run) =>
    trail(run.map(({ at, value }) => [x(at), y(value)])),
  )
  return (
    <svg
      class={over ? 'sparkline over' : 'sparkline'}
      viewBox={`0 0 ${columns} ${lines}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      preserveAspectRatio={wide ? 'none' : undefined}
    >
      <path class="area" d={paths.map(({ line, from }) => `${line}V${lines}H${from}Z`).join('')} />
      <path class="line" d={paths.map(({ line }) => line).join('')} />
      {limit !== undefined && (
        <line class="limit" x1="0" x2={columns} y1={y(limit)} y2={y(limit)} />
      )}
    </svg>
  )
}

/** One run as a path: where it begins, and from there on steps. */
function trail(places: readonly (readonly [x: number, y: number])[]) {
  let [before, height] = places[0] ?? [0, 0]
  let line = `M${before} ${height}l`
  const from = before
  for (const [x, y] of places) {
    const up = y - height
    // A run of one point is a dot: a step of nothing is drawn as one by the round end of the line.
    line += `${x - before}${up < 0 ? '' : ' '}${up} `
    before = x
    height = y
  }
  return { line: line.trimEnd(), from }
}

/** Parts without a longer gap than that. */
function split(points: readonly Point[], gap: number): Point[][] {
  const runs: Point[][] = []
  let before = Number.NEGATIVE_INFINITY
  for (const point of points) {
    const run = runs.at(-1)
    if (run === undefined || point.at - before > gap) runs.push([point])
    else run.push(point)
    before = point.at
  }
  return runs
}

/** One bar for each hour: what succeeded below, what failed above. */
export function DayBars({
  hours,
  label,
}: {
  hours: readonly { readonly succeeded: number; readonly failed: number }[]
  label: string
}) {
  const top = Math.max(...hours.map(({ succeeded, failed }) => succeeded + failed), 1)
  const step = width / Math.max(hours.length, 1)
  const tall = (count: number) => (count === 0 ? 0 : Math.max(2, (count / top) * (height - 2)))
  const bar = (index: number, from: number, size: number) =>
    size === 0
      ? ''
      : `M${(index * step + 0.5).toFixed(1)} ${from.toFixed(1)}v${(-size).toFixed(1)}h${(step - 1).toFixed(1)}v${size.toFixed(1)}z`
  const good = hours.map(({ succeeded }, index) => bar(index, height, tall(succeeded)))
  const bad = hours.map(({ succeeded, failed }, index) =>
    bar(index, height - tall(succeeded), tall(failed)),
  )
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <line class="base" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
      <path class="ok" d={good.join('')} />
      <path class="bad" d={bad.join('')} />
    </svg>
  )
}
