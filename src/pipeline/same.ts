/** Whether two JSON values are the same, whatever the order of their members. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [ours, theirs] = [membersOf(a), membersOf(b)]
  return (
    ours.length === theirs.length &&
    ours.every(([name, value]) => Object.hasOwn(b, name) && isSame(value, Reflect.get(b, name)))
  )
}

/** What JSON would show of it. */
const membersOf = (value: object) =>
  Object.entries(value).filter(([, member]) => member !== undefined)
