/**
 * The text of a `ce-` header (CloudEvents, HTTP binding 1.0.2, section 3.1.3.2): quotes taken off,
 * percent signs decoded once. Undefined where that is no UTF-8.
 */
export function readAttribute(value: string): string | undefined {
  const bare = /^"(.*)"$/s.exec(value)?.[1]?.replace(/\\(.)/gs, '$1') ?? value
  try {
    return decodeURIComponent(bare.replace(/%(?![0-9a-f]{2})/gi, '%25'))
  } catch {
    return undefined
  }
}
