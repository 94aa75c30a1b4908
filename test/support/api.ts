import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Service } from '../../src/api/service.ts'
import { type Call, createCall } from './api-client.ts'
import { type BorrowedDatabase, borrowDatabase } from './databases.ts'
import { type Asked, createService } from './service.ts'

/** An API of the test file's own, its tables emptied before each test. */
export interface TestApi {
  readonly database: BorrowedDatabase
  readonly call: Call
  readonly service: Service
  /** What the API asked of the rest of the service since the test began. */
  readonly asked: Asked
}

/**
 * Sets up the API for every test of a file. `prepare` says what this service does differently, once
 * the database is there; no answer may hold one of `secrets`.
 */
export function useApi(
  prepare: (
    database: BorrowedDatabase,
  ) => Promise<Partial<Service>> | Partial<Service> = () => ({}),
  secrets: readonly string[] = [],
): TestApi {
  let database: BorrowedDatabase
  let current: Omit<TestApi, 'database'>
  beforeAll(async () => {
    database = await borrowDatabase()
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.empty()
    const made = await createService(database, await prepare(database))
    current = { ...made, call: createCall(made.service, secrets) }
  })
  return {
    get database() {
      return database
    },
    get service() {
      return current.service
    },
    get asked() {
      return current.asked
    },
    call: (...request) => current.call(...request),
  }
}
