import type { Info } from '../plugin/valkey.ts'

const decimal = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i

/**
 * Reads the answer to INFO: lines of `field:value`, `# Section` headings between them. The first
 * colon divides, values may hold more; of a field written twice the last counts.
 */
export function parseInfo(text: string): Info {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return {
    text: (field) => fields.get(field),
    number(field) {
      const value = fields.get(field)
      return value !== undefined && decimal.test(value) ? Number(value) : undefined
    },
    startingWith: (prefix) => [...fields].filter(([name]) => name.startsWith(prefix)),
  }
}
