// `npm run dev:workers`: the Worker on this machine as wrangler.toml describes it, with a PostgreSQL of
// its own unless DATABASE_URL names one, and its cron trigger fired every minute. The environment
// takes the place of variables and secrets.
import { openDatabase } from '../../src/runtimes/server/database.ts'
import { startLocalWorker } from './local-worker.ts'
import { startPostgres } from './postgres-server.ts'

const minuteMs = 60_000
const { DATABASE_URL, PORT = '8787' } = process.env
// A Worker knows no other database.
const given = DATABASE_URL?.startsWith('postgres') ? DATABASE_URL : undefined
const postgres = given === undefined ? await startPostgres() : undefined
const databaseUrl = given ?? postgres?.url('postgres') ?? ''
await (await openDatabase({ kind: 'postgres', url: databaseUrl })).close()

const variables = Object.entries(process.env).filter(
  (entry): entry is [string, string] => entry[1] !== undefined,
)
const worker = await startLocalWorker({
  databaseUrl,
  port: Number(PORT),
  variables: { NODE_ENV: 'development', ...Object.fromEntries(variables) },
})

const trigger = () =>
  worker.scheduled().catch((error: Error) => console.error(`cron: ${error.message}`))
await trigger()
console.log(`Tocsin on Workers is ready at ${worker.url}
  database  ${databaseUrl}
  cron      now, and at every full minute`)
const untilMinute = () => minuteMs - (Date.now() % minuteMs)
let next = setTimeout(function again() {
  next = setTimeout(again, untilMinute())
  void trigger()
}, untilMinute())

async function stop(): Promise<void> {
  clearTimeout(next)
  await worker.stop()
  await postgres?.close()
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT']) {
  // Miniflare's own would end the process before anything is closed.
  process.removeAllListeners(signal)
  process.once(signal, stop)
}
