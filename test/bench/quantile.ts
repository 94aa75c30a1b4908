/** The value that a fraction `q` of all lies at or below (nearest rank); NaN of nothing. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5)
}
