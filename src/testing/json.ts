/** Where a value is not JSON: the path of the first such part, or undefined where all of it is. */
export function notJson(value: unknown, path = ''): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? undefined : path || '(whole)'
  if (typeof value !== 'object') return path || '(whole)'
  const plain =
    Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value))
  if (!plain) return path || '(whole)'
  for (const [key, part] of Object.entries(value)) {
    const found = notJson(part, `${path}/${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

/** JSON with the keys of every object in order: equal texts, equal values. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
