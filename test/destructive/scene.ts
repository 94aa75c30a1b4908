import postgres, { type Sql } from 'postgres'
import { startPostgres } from '../support/postgres-server.ts'
import { type Crew, createCrew } from './crew.ts'
import { createTally, type Tally } from './tally.ts'

type Server = Awaited<ReturnType<typeof startPostgres>>

/** What a scenario on PostgreSQL has: a server of its own, processes, receivers that count. */
export interface Scene {
  readonly server: Server
  /** `DATABASE_URL` of the processes. */
  readonly database: string
  readonly sql: Sql
  readonly crew: Crew
  readonly tally: Tally
}

/** Plays a scenario; afterwards nothing of it is left, however it went. */
export async function onPostgres(play: (scene: Scene) => Promise<void>): Promise<void> {
  const server = await startPostgres()
  const database = server.url('postgres')
  const sql = postgres(database, { max: 1, connect_timeout: 5, onnotice: () => {} })
  const crew = createCrew()
  const tally = createTally()
  try {
    await play({ server, database, sql, crew, tally })
  } finally {
    await crew.end()
    await tally.close()
    await sql.end({ timeout: 5 })
    await server.close()
  }
}
