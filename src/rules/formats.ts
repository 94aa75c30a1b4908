import type { Format } from '../plugin/format.ts'

/** Every format a webhook may choose. */
export interface Formats {
  /** The default first. */
  readonly all: readonly [Format, ...Format[]]
  find(name: string): Format | undefined
  /** The format of the service this URL plainly belongs to. */
  suggest(url: string): Format | undefined
}

/** Puts the formats together. Throws where two claim the same name, naming both owners. */
export function createFormats(
  builtIn: readonly [Format, ...Format[]],
  added: readonly Format[] = [],
): Formats {
  const byName = new Map<string, { format: Format; owner: string }>()
  for (const [formats, owner] of [
    [builtIn, 'Tocsin itself'],
    [added, 'the configuration'],
  ] as const)
    for (const format of formats) {
      const other = byName.get(format.name)
      if (other !== undefined)
        throw new Error(
          `Format "${format.name}" is declared as "${other.format.title}" by ${other.owner} ` +
            `and as "${format.title}" by ${owner}: give one another name.`,
        )
      byName.set(format.name, { format, owner })
    }
  const all: [Format, ...Format[]] = [...builtIn, ...added]
  return {
    all,
    find: (name) => byName.get(name)?.format,
    suggest(url) {
      const parsed = URL.canParse(url) ? new URL(url) : undefined
      return parsed && all.find((format) => format.suggests?.(parsed) === true)
    },
  }
}
