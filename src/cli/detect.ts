import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type DetectorState, observe } from 'tocsin/plugin'

/** Rows are written in pieces of about this many characters. */
const pieceLength = 65_536
/** How long nobody is told of progress, and how often then. */
const progressEveryMs = 2000

/**
 * Scores a series for anomalies: reads CSV with the columns `timestamp` and `value` and writes
 * `timestamp,value,anomaly_score` to stdout, row by row, each score from the rows before it only.
 * `-` reads stdin. Throws what is wrong with the file, naming the line.
 */
export async function detect(file: string): Promise<void> {
  const name = file === '-' ? 'stdin' : file
  const input = file === '-' ? process.stdin : createReadStream(file)
  let piece = ''
  for await (const row of scored(linesOf(input, name), name)) {
    piece += `${row}\n`
    if (piece.length < pieceLength) continue
    await write(piece)
    piece = ''
  }
  await write(piece)
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

async function* linesOf(input: Readable, name: string): AsyncGenerator<string> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  let fault: unknown
  // Some versions of Node only end the lines where reading fails, others throw as well.
  input.once('error', (error) => {
    fault = error
    lines.close()
  })
  const tell = progress()
  try {
    for await (const line of lines) {
      tell.row()
      yield line
    }
  } catch (error) {
    fault = error
  }
  tell.end()
  if (fault === undefined) return
  const why = fault instanceof Error ? fault.message : String(fault)
  throw new Error(`${name} cannot be read: ${why}`, { cause: fault })
}

async function* scored(lines: AsyncIterable<string>, name: string): AsyncGenerator<string> {
  let columns: { timestamp: number; value: number } | undefined
  let state: DetectorState | undefined
  let number = 0
  for await (const line of lines) {
    number += 1
    if (line.trim() === '') continue
    const fields = fieldsOf(line)
    if (columns === undefined) {
      columns = columnsOf(fields, name)
      yield 'timestamp,value,anomaly_score'
      continue
    }
    const [when = '', what = ''] = [fields[columns.timestamp], fields[columns.value]]
    const timestamp = timeOf(when)
    const value = what.trim() === '' ? Number.NaN : Number(what)
    if (timestamp === undefined) throw new Error(`${name}, line ${number}: ${badTime(when)}`)
    if (!Number.isFinite(value))
      throw new Error(`${name}, line ${number}: the value "${what}" is not a finite number`)
    const seen = observe(state, { timestamp, value })
    state = seen.state
    yield `${quoted(when)},${quoted(what)},${seen.score.toFixed(6)}`
  }
  if (columns === undefined) throw new Error(`${name} is empty: it needs ${wanted}`)
}

const wanted = 'a first line that names the columns "timestamp" and "value"'

function columnsOf(fields: readonly string[], name: string) {
  // A byte order mark is no part of a name.
  const names = fields.map((field) => field.replace('\uFEFF', '').trim().toLowerCase())
  const [timestamp, value] = [names.indexOf('timestamp'), names.indexOf('value')]
  if (timestamp < 0 || value < 0) throw new Error(`${name}, line 1: it needs ${wanted}`)
  return { timestamp, value }
}

/** The fields of one line, RFC 4180, without line breaks in quotes. */
function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const fields = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)
  return [...fields].map(([, inQuotes, plain]) => inQuotes?.replaceAll('""', '"') ?? plain ?? '')
}

const quoted = (field: string) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)

const badTime = (text: string) =>
  `the timestamp "${text}" is none: it may be 2024-01-28 12:00:00 (UTC), ISO 8601, or epoch seconds or milliseconds`

/** Epoch milliseconds; undefined where the text is no time. */
function timeOf(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    const epoch = Number(trimmed)
    // As seconds this is the year 5138, as milliseconds March 1973.
    return epoch < 1e11 ? epoch * 1000 : epoch
  }
  const [, date, clock = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/i.exec(
      trimmed,
    ) ?? []
  if (date === undefined) return undefined
  const offset = zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2').toUpperCase()
  const time = Date.parse(`${date}T${clock}${offset}`)
  return Number.isNaN(time) ? undefined : time
}

/** Says how far it is, to people only, and only where it takes long. */
function progress() {
  const told = process.stderr.isTTY
  const started = Date.now()
  let [rows, saidAt] = [0, started]
  return {
    row() {
      rows += 1
      if (!told || rows % 1000 !== 0 || Date.now() - saidAt < progressEveryMs) return
      saidAt = Date.now()
      process.stderr.write(`\r${rows} rows`)
    },
    end() {
      if (saidAt > started) process.stderr.write(`\r${rows} rows\n`)
    },
  }
}
