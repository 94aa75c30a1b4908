import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launcher } from '../support/tocsin-process.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-detect-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The command in a process of its own, with standard input where the file is `-`. */
async function run(file: string, input = '') {
  const child = spawn(process.execPath, [launcher, 'detect', file], { stdio: 'pipe' })
  const exited = once(child, 'exit')
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exited,
  ])
  return { stdout, stderr, code, rows: stdout.trim().split('\n') }
}

async function fileWith(content: string) {
  const path = join(folder, `${Math.abs(content.length)}-${content.charCodeAt(0)}.csv`)
  await writeFile(path, content)
  return path
}

const at = (row: number) =>
  new Date(Date.UTC(2024, 0, 1) + row * 300_000).toISOString().slice(0, 19).replace('T', ' ')
const rows = Array.from({ length: 2000 }, (_, row) => {
  const value = row === 1500 ? '0.0' : `${100 + ((row * 7919) % 23)}.50`
  return { timestamp: at(row), value }
})

describe('tocsin detect', () => {
  test('writes a row with a score for each row, timestamp and value as they came', async () => {
    const csv = ['timestamp,value', ...rows.map((row) => `${row.timestamp},${row.value}`)]
    const done = await run(await fileWith(`${csv.join('\n')}\n`))
    expect(done).toMatchObject({ code: 0, stderr: '' })
    const [header, ...scored] = done.rows
    expect(header).toBe('timestamp,value,anomaly_score')
    expect(scored.map((row) => row.slice(0, row.lastIndexOf(',')))).toEqual(csv.slice(1))
    const scores = scored.map((row) => Number(row.split(',')[2]))
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true)
    expect(scores.flatMap((score, row) => (score >= 0.5 ? [row] : []))).toEqual([1500])
  })

  test('finds the columns by name, among others, and reads stdin, Windows lines and quotes', async () => {
    const csv = rows.map((row) => `"a, b",${row.value},"${row.timestamp}"`)
    const done = await run('-', `\uFEFFnote,value,timestamp\r\n${csv.join('\r\n')}\r\n\r\n`)
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.rows).toHaveLength(2001)
    expect(done.rows[1501]).toMatch(/^2024-01-06 05:00:00,0\.0,0\.[5-9]/)
  })

  test('gives one series the same scores in every way of writing its times', async () => {
    const epoch = (row: number) => Date.UTC(2024, 0, 1) + row * 300_000
    const ways = [
      (row: number) => at(row),
      (row: number) => new Date(epoch(row)).toISOString(),
      (row: number) => `${at(row).replace(' ', 'T')}+00:00`,
      (row: number) => `${epoch(row) / 1000}`,
      (row: number) => `${epoch(row)}`,
    ]
    const outputs = await Promise.all(
      ways.map((way) =>
        run(
          '-',
          ['timestamp,value', ...rows.map(({ value }, row) => `${way(row)},${value}`)].join('\n'),
        ),
      ),
    )
    const [first, ...others] = outputs.map((done) => done.rows.map((row) => row.split(',').at(-1)))
    for (const other of others) expect(other).toEqual(first)
  })

  const header = 'timestamp,value\n'
  const faults = [
    ['an empty file', '', /is empty: it needs a first line that names the columns/],
    [
      'a header without the columns',
      'time,count\n1,2\n',
      /line 1: it needs .*"timestamp" and "value"/,
    ],
    ['a value that is none', `${header}${at(0)},1\n${at(1)},many\n`, /line 3: the value "many"/],
    ['a missing value', `${header}${at(0)}\n`, /line 2: the value ""/],
    ['an infinite value', `${header}${at(0)},Infinity\n`, /line 2: the value "Infinity"/],
    ['a time that is none', `${header}yesterday,1\n`, /line 2: the timestamp "yesterday"/],
    ['a day that is none', `${header}2024-13-01 00:00:00,1\n`, /line 2: the timestamp "2024-13-01/],
  ] as const
  for (const [name, content, message] of faults)
    test(`names ${name} and its line, and fails`, async () => {
      const { code, stderr } = await run('-', content)
      expect(code).toBe(1)
      expect(stderr).toMatch(message)
    })

  test('says which file it cannot read, and why', async () => {
    const { code, stderr } = await run(join(folder, 'absent.csv'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/absent\.csv cannot be read: .*no such file/)
  })
})
