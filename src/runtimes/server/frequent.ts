/** Statements kept prepared: more texts than the service has of its own. */
const mostPrepared = 200
/** Texts counted before they are forgotten again. */
const mostCounted = 1000

/** Tells which statements come again and again. Texts made for one occasion are not worth preparing. */
export function createFrequent(): (text: string) => boolean {
  const seen = new Set<string>()
  const frequent = new Set<string>()
  return (text) => {
    if (frequent.has(text)) return true
    if (!seen.has(text)) {
      if (seen.size >= mostCounted) seen.clear()
      seen.add(text)
      return false
    }
    if (frequent.size >= mostPrepared) return false
    frequent.add(text)
    return true
  }
}
