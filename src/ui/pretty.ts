/** JSON with room between; anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    // Receivers answer with what they like.
    return text
  }
}
