import type { Catalog } from '../rules/catalog.ts'
import { gauges } from '../rules/gauges.ts'
import type { Reading } from '../store/samples.ts'
import type { Point } from './parts/sparkline.tsx'

/** One number of an instance over time, with where alerts on it fire. */
export interface Gauge {
  readonly key: string
  readonly title: string
  readonly unit: string
  readonly limit?: number
  readonly points: readonly Point[]
}

type Limits = ReadonlyMap<string, { readonly low: number; readonly high: number }>

/** Numbers of one instance that are worth a look: the plugins' own first, then those of INFO. */
export function gaugesOf(catalog: Catalog, readings: readonly Reading[], limits: Limits): Gauge[] {
  const read = (key: string): Point[] => {
    const points: Point[] = []
    for (const { at, values } of readings) {
      const value = values[key]
      if (value !== undefined) points.push({ at, value })
    }
    return points
  }
  const declared = [...catalog.thresholds.values()].flatMap(({ threshold }): Gauge[] => {
    if (threshold?.title === undefined) return []
    const { key, title, unit = '', direction } = threshold
    const points = read(key)
    const set = limits.get(key)
    const usual = threshold.default
    const limit =
      direction === 'below'
        ? Math.max(usual, set?.high ?? usual)
        : Math.min(usual, set?.low ?? usual)
    return points.length === 0 ? [] : [{ key, title, unit, limit, points }]
  })
  const told = Object.entries(gauges).flatMap(([key, { title, unit }]): Gauge[] => {
    const points = declared.some((gauge) => gauge.title === title) ? [] : read(key)
    return points.length === 0 ? [] : [{ key, title, unit, points }]
  })
  return [...declared, ...told]
}

// Made once: making one takes longer than writing a hundred numbers with it.
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** A number as people read it. */
export function amount(value: number, unit: string): string {
  if (unit === 'B') return bytes(value)
  const number = (Math.abs(value) < 100 ? tenths : whole).format(value)
  return unit === '' ? number : unit.startsWith('/') ? number + unit : `${number} ${unit}`
}

function bytes(value: number): string {
  const power = Math.min(4, Math.floor(Math.log2(Math.max(value, 1)) / 10))
  const scaled = value / 1024 ** power
  return `${scaled.toFixed(power === 0 || scaled >= 100 ? 0 : 1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`
}
