/** Secrets whose shape tells what they are, wherever they stand. */
const shapes: readonly (readonly [shape: RegExp, shown: string])[] = [
  [/\b(whsec_|whsk_|toc_)[\w+/=-]{4,}/g, '$1***'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*):[^\s/?#@"']+@/gi, '$1:***@'],
  [/\b(Bearer|Basic) +[\w+/=.~-]{6,}/gi, '$1 ***'],
]

/**
 * A text without the secrets that can be told by their shape: signing secrets, API tokens, passwords
 * in URLs, credentials of `Authorization`. The last line of defence of the log, not the first: what
 * libraries put into their errors is not known beforehand.
 */
export function scrub(text: string): string {
  return shapes.reduce((cleaned, [shape, shown]) => cleaned.replace(shape, shown), text)
}
