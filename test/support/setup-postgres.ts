import type { TestProject } from 'vitest/node'
import { createTemplate } from './postgres.ts'
import { startPostgres } from './postgres-server.ts'

/** Starts one PostgreSQL server and migrates the database that test databases are copied from. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  try {
    project.provide('database', { kind: 'postgres', ...(await createTemplate(server)) })
  } catch (error) {
    await server.close()
    throw error
  }
  return () => server.close()
}
