import type { Catalog } from '../rules/catalog.ts'
import { gauges } from '../rules/gauges.ts'
import type { Sample } from '../store/samples.ts'
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
export function gaugesOf(catalog: Catalog, samples: readonly Sample[], limits: Limits): Gauge[] {
  const read = (key: string): Point[] =>
    samples.flatMap(({ at, values }) => {
      const value = values[key]
      return value === undefined ? [] : [{ at: at.getTime(), value }]
    })
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

/** A number as people read it. */
export function amount(value: number, unit: string): string {
  if (unit === 'B') return bytes(value)
  const digits = Math.abs(value) < 100 && !Number.isInteger(value) ? 1 : 0
  const number = value.toLocaleString('en', { maximumFractionDigits: digits })
  return unit === '' ? number : unit.startsWith('/') ? number + unit : `${number} ${unit}`
}

function bytes(value: number): string {
  const power = Math.min(4, Math.floor(Math.log2(Math.max(value, 1)) / 10))
  const scaled = value / 1024 ** power
  return `${scaled.toFixed(power === 0 || scaled >= 100 ? 0 : 1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`
}
