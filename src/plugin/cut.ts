/**
 * The text, or as much of it as fits with an ellipsis: at most `most` code points, so that no
 * character is cut in two. Limits that vendors state in UTF-16 units or bytes are never shorter than
 * what `measure` says, which counts code points unless told otherwise.
 */
export function cut(text: string, most: number, measure?: (text: string) => number): string {
  const size = measure ?? codePoints
  if (size(text) <= most) return text
  let kept = ''
  let length = size('…')
  if (length > most) return ''
  for (const character of text) {
    length += size(character)
    if (length > most) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}
