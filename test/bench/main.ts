import { parseArgs } from 'node:util'
import { type Benchmark, isMissed, type Result } from './benchmark.ts'
import { createDatabases, databaseKinds } from './databases.ts'
import { evaluator } from './evaluator.ts'
import { fairness } from './fairness.ts'
import { hour } from './hour.ts'
import { idle } from './idle.ts'
import { instances } from './instances.ts'
import { latency, minute } from './latency.ts'
import { memory } from './memory.ts'
import { pages } from './pages.ts'
import { publishCost } from './publish.ts'
import { signing } from './signing.ts'
import { statements } from './statements.ts'
import { throughput } from './throughput.ts'
import { watchCost } from './watch.ts'

const benchmarks: readonly Benchmark[] = [
  throughput,
  latency,
  publishCost,
  statements,
  evaluator,
  idle,
  fairness,
  memory,
  watchCost,
  instances,
  minute,
  hour,
  signing,
  pages,
]

const help = `Measures Tocsin beside bare references, in the same run.

  npm run bench [-- options]

Prints one JSON object a line: {name, value, unit, reference, ratio}; what it means goes to stderr.

  --only NAME      one benchmark; those marked * take long, and run only so or with --all
  --all            every benchmark: half an hour, instead of five minutes
  --database KIND  postgres or pglite only
  --quick          a smoke test of about a minute: fewer and lower loads, rough numbers
  --help           this

${benchmarks.map(({ name, long, summary }) => `${long ? '*' : ' '} ${name.padEnd(15)}  ${summary}`).join('\n')}
`

function readOptions() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        all: { type: 'boolean', default: false },
        database: { type: 'string' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${help}`)
    process.exit(2)
  }
}

const options = readOptions()
const chosen = benchmarks.filter(({ name, long }) =>
  options.only === undefined ? options.all || long !== true : name === options.only,
)
const kinds = databaseKinds.filter((kind) => kind === (options.database ?? kind))
if (options.help) process.stdout.write(help)
else if (chosen.length === 0 || kinds.length === 0) {
  process.stderr.write(`There is no such benchmark or database.\n\n${help}`)
  process.exitCode = 2
} else await runAll()

async function runAll(): Promise<void> {
  const note = (text: string) => process.stderr.write(`  ${text}\n`)
  const databases = createDatabases()
  const missed: Result[] = []
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, async () => {
      await databases.close()
      process.exit(1)
    })
  const startedAt = performance.now()
  try {
    for (const benchmark of chosen) {
      const from = performance.now()
      process.stderr.write(`${benchmark.name}: ${benchmark.summary}\n`)
      const context = { quick: options.quick, kinds, databases, note }
      for await (const result of benchmark.run(context)) {
        process.stdout.write(`${JSON.stringify(result.line)}\n`)
        if (isMissed(result)) missed.push(result)
      }
      note(`${secondsSince(from)} s`)
    }
  } finally {
    await databases.close()
  }
  note(`${secondsSince(startedAt)} s in all`)
  for (const { line, target } of missed) {
    const bound =
      target?.atMost === undefined ? `at least ${target?.atLeast}` : `at most ${target.atMost}`
    note(`missed: ${line.name}: ${target?.of} is to be ${bound}, is ${line[target?.of ?? 'value']}`)
  }
}

function secondsSince(from: number): number {
  return Math.round((performance.now() - from) / 1000)
}
