import { html } from 'hono/html'

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
  const top = points.reduce((most, { value }) => Math.max(most, value), limit ?? 0) || 1e-9
  const x = (at: number) => Math.round(((at - from) / (to - from)) * columns)
  const y = (value: number) =>
    Math.round(lines - 2 - (Math.max(0, value) / (top * 1.1)) * (lines - 4))
  const last = points.at(-1)
  const over = limit !== undefined && last !== undefined && last.value >= limit
  const paths = split(points, (to - from) / 12).map((run) =>
    trail(run.map(({ at, value }) => [x(at), y(value)])),
  )
  // As text: there are many of them on a page, and a tree of elements takes four times as long.
  return html`<svg class="sparkline${over && ' over'}" viewBox="0 0 ${columns} ${lines}" width="${width}"
    height="${height}" role="img" aria-label="${label}" preserveAspectRatio="${wide ? 'none' : 'xMidYMid'}"
    ><path class="area" d="${paths.map(({ line, from }) => `${line}V${lines}H${from}Z`).join('')}"
    /><path class="line" d="${paths.map(({ line }) => line).join('')}"
    />${
      limit !== undefined &&
      html`<line class="limit" x1="0" x2="${columns}" y1="${y(limit)}" y2="${y(limit)}"/>`
    }</svg>`
}

type Place = readonly [x: number, y: number]

/** One run as a path: where it begins, and from there on steps. Those in one direction are one. */
export function trail([first = [0, 0], ...others]: readonly Place[]) {
  const steps: [across: number, up: number][] = []
  let [x, y] = first
  for (const [nextX, nextY] of others) {
    const [across, up] = [nextX - x, nextY - y]
    const before = steps.at(-1)
    if (before !== undefined && before[0] * up === before[1] * across && before[1] * up >= 0) {
      before[0] += across
      before[1] += up
    } else steps.push([across, up])
    x = nextX
    y = nextY
  }
  // A run of one point is a dot: a step of nothing is drawn as one by the round end of the line.
  if (steps.length === 0) steps.push([0, 0])
  const drawn = steps.map(([across, up]) => `${across}${up < 0 ? '' : ' '}${up}`)
  return { line: `M${first[0]} ${first[1]}l${drawn.join(' ')}`, from: first[0] }
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
  const step = columns / Math.max(hours.length, 1)
  const tall = (count: number) =>
    count === 0 ? 0 : Math.max(4, Math.round((count / top) * (lines - 4)))
  const bar = (index: number, from: number, size: number) =>
    size === 0 ? '' : `M${(index + 0.5) * step} ${from}v-${size}`
  const good = hours.map(({ succeeded }, index) => bar(index, lines, tall(succeeded)))
  const bad = hours.map(({ succeeded, failed }, index) =>
    bar(index, lines - tall(succeeded), tall(failed)),
  )
  return html`<svg class="bars" viewBox="0 0 ${columns} ${lines}" width="${width}" height="${height}"
    role="img" aria-label="${label}"><line class="base" x1="0" x2="${columns}" y1="${lines - 1}" y2="${lines - 1}"
    /><path class="ok" d="${good.join('')}"/><path class="bad" d="${bad.join('')}"/></svg>`
}
