import type { DatabaseKind, Databases } from './databases.ts'

/** One result, printed as a line of JSON. */
interface Line {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same measure of something bare, taken in the same run. */
  readonly reference: number
  /** `value / reference`. */
  readonly ratio: number
}

/** What a benchmark wants to reach, said on stderr. */
interface Target {
  /** Which number of the line it is about. */
  readonly of: 'value' | 'ratio'
  readonly atMost?: number
  readonly atLeast?: number
}

export interface Result {
  readonly line: Line
  /** Absent where the line is for information. */
  readonly target?: Target | undefined
}

export interface BenchmarkContext {
  /** A smoke test: a fraction of the time, numbers that are only roughly right. */
  readonly quick: boolean
  readonly kinds: readonly DatabaseKind[]
  readonly databases: Databases
  /** Says something to people. */
  note(text: string): void
}

export interface Benchmark {
  readonly name: string
  readonly summary: string
  /** It takes so long that it runs only where it is asked for by name. Default false. */
  readonly long?: boolean
  run(context: BenchmarkContext): AsyncIterable<Result>
}

export interface Measure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly reference: number
  readonly target?: Target
}

export function result({ name, value, unit, reference, target }: Measure): Result {
  const line = {
    name,
    value: rounded(value),
    unit,
    reference: rounded(reference),
    ratio: rounded(value / reference),
  }
  return { line, target }
}

export function isMissed({ line, target }: Result): boolean {
  if (target === undefined) return false
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = target
  // Also what could not be measured at all.
  return !(line[target.of] <= atMost && line[target.of] >= atLeast)
}

/** Four significant digits: more would be noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
