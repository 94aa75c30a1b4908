import { openDatabase } from '../runtimes/server/database.ts'
import { settingsFrom } from './settings.ts'

/** Brings the tables up to date without starting the service. */
export async function migrate(): Promise<void> {
  const database = await openDatabase(settingsFrom(process.env).database)
  await database.close()
  process.stdout.write(`${database.place}: the tables are up to date.\n`)
}
