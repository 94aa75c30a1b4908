import { readFileSync } from 'node:fs'

type Json = Readonly<Record<string, unknown>>

/** A threshold as a table of the seed documents it. */
interface ThresholdRow {
  readonly type: string
  readonly key: string
  readonly default: number
}

/** What seed 1 prints, taken from its own text. */
export interface Seed {
  /** The sample of a whole payload, its data empty. */
  readonly envelope: Json
  /** The data of each event type that has a sample. */
  readonly payloads: readonly { readonly type: string; readonly data: Json }[]
  /** Every webhook shown as it is to be created. */
  readonly configurations: readonly (Json & { readonly name: string })[]
  /** Every event type with its tier, in the order of the tables. */
  readonly tiers: readonly { readonly type: string; readonly tier: string }[]
  /** Both tables of thresholds: one by key, one by event. */
  readonly thresholds: Readonly<Record<'byKey' | 'byEvent', readonly ThresholdRow[]>>
  /** The event types said to fire without a threshold. */
  readonly immediate: readonly string[]
}

/** Reads seed 1. Throws where the text is not the one this was written for. */
export function readSeed(): Seed {
  const file = new URL('./seed-1-betterdb-webhooks.txt', import.meta.url)
  const lines = readFileSync(file, 'utf8').split('\n')
  const section = (heading: string, next: string) => {
    const start = lines.indexOf(heading)
    const end = lines.indexOf(next, start)
    if (start < 0 || end < 0) throw new Error(`The seed has no section "${heading}".`)
    return lines.slice(start + 1, end)
  }
  const envelope = objects(section('Payload Format', 'HTTP Headers'))[0]?.value
  if (!envelope) throw new Error('The seed shows no payload.')
  return {
    envelope,
    payloads: objects(section('Event-Specific Payloads', 'Signature Verification')).flatMap(
      ({ heading, value }) => eventTypes(heading).map((type) => ({ type, data: value })),
    ),
    configurations: objects(lines).flatMap(({ value }) =>
      isConfiguration(value) && !('id' in value) ? [value] : [],
    ),
    tiers: readTiers(section('Event Types', 'Payload Format')),
    thresholds: {
      byKey: rows(section('Custom Thresholds', 'Notes:')).map(([key, , limit, type]) =>
        threshold(type, key, limit),
      ),
      byEvent: rows(section('Threshold-Based Events', 'Non-Threshold Events')).map(
        ([type, limit, key]) => threshold(type, key, limit),
      ),
    },
    immediate: section('Non-Threshold Events', 'API Reference').flatMap(eventTypes),
  }
}

const eventTypes = (text: string): string[] => text.match(/[a-z]+(\.[a-z]+)+/g) ?? []

/** The JSON objects that begin on a line of their own, each with the line before it. */
function objects(lines: readonly string[]): { heading: string; value: Json }[] {
  return lines.flatMap((line, start) => {
    if (!/^(-d ')?\{$/.test(line)) return []
    const heading = lines[start - 1] ?? ''
    for (let end = start + 2; end <= lines.length; end++) {
      const value = parseObject(lines.slice(start, end))
      if (value) return [{ heading, value }]
    }
    throw new Error(`The seed's object after "${heading}" does not end.`)
  })
}

/** The object that the lines are, undefined where they are no whole one. */
function parseObject(lines: readonly string[]): Json | undefined {
  const text = lines.filter((line) => !line.startsWith('//')).join('\n')
  try {
    return JSON.parse(text.replace(/^-d '/, '').replace(/'$/, ''))
  } catch {
    return undefined
  }
}

function isConfiguration(value: Json): value is Json & { name: string } {
  return typeof value.name === 'string' && 'url' in value && 'events' in value
}

/** The cells of the rows of tables, without their headings. */
function rows(lines: readonly string[]): string[][] {
  return lines
    .filter((line) => line.includes(' | ') && !line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
}

function readTiers(lines: readonly string[]): { type: string; tier: string }[] {
  let tier = ''
  return lines.flatMap((line) => {
    tier = /^(\w+) Tier/.exec(line)?.[1]?.toLowerCase() ?? tier
    return rows([line]).map(([type = '']) => ({ type, tier }))
  })
}

function threshold(event = '', key = '', limit = ''): ThresholdRow {
  const [type] = eventTypes(event)
  if (!type || !key || !/^\d/.test(limit))
    throw new Error(`No threshold: ${event}, ${key}, ${limit}`)
  return { type, key, default: Number.parseInt(limit, 10) }
}
