import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { lastingService } from '../../src/api/lasting-service.ts'
import type { Service } from '../../src/api/service.ts'
import { type BorrowedDatabase, borrowDatabase } from './databases.ts'
import { createPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts'
import { type Receiver, type ReceiverOptions, startReceiver } from './receiver.ts'
import { type Asked, createService } from './service.ts'

/**
 * What is made anew, under one name: every access goes to the one that `current` answers. So a test
 * file names it once, outside its tests, and helpers beside them may use it.
 */
function renewed<Made extends object>(current: () => Made | undefined): Made {
  const there = () => {
    const made = current()
    if (made === undefined) throw new Error('It is there only while tests run.')
    return made
  }
  const handler: ProxyHandler<Made> = {
    get: (_, name) => Reflect.get(there(), name),
    has: (_, name) => Reflect.has(there(), name),
    ownKeys: () => Reflect.ownKeys(there()),
    getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(there(), name),
  }
  return new Proxy(Object.create(null), handler)
}

/** A migrated database for all tests of a file, emptied before each. */
export function useDatabase(): BorrowedDatabase {
  let database: BorrowedDatabase | undefined
  beforeAll(async () => {
    database = await borrowDatabase()
  })
  beforeEach(() => database?.empty())
  afterAll(() => database?.close())
  return renewed(() => database)
}

/** What a test's service does differently, once its database is there. */
export type Prepare = (database: BorrowedDatabase) => Promise<Partial<Service>> | Partial<Service>

export interface TestService {
  readonly database: BorrowedDatabase
  readonly service: Service
  /** What was asked of the rest of the service since the test began. */
  readonly asked: Asked
  /** For an API that serves every test of the file: it is asked, and asks the service of the test at hand. */
  lasting(): Service
}

/** What API and pages stand on, for each test, on a database as `useDatabase` has one. */
export function useService(prepare: Prepare = () => ({})): TestService {
  const database = useDatabase()
  let current: Awaited<ReturnType<typeof createService>> | undefined
  beforeEach(async () => {
    current = await createService(database, await prepare(database))
  })
  const service = renewed(() => current?.service)
  return {
    database,
    service,
    asked: renewed(() => current?.asked),
    lasting: () => ({ ...lastingService(service, () => service), lasts: true }),
  }
}

/** An HTTP receiver for each test. */
export function useReceiver(options: ReceiverOptions = {}): Receiver {
  let receiver: Receiver | undefined
  beforeEach(async () => {
    receiver = await startReceiver(options)
  })
  afterEach(() => receiver?.close())
  return renewed(() => receiver)
}

/**
 * The real pipeline for each test, on a database as `useDatabase` has one. `create` makes further
 * ones on the same data, as replicas or after a restart; they too end with the test.
 */
export function usePipeline(options: PipelineOptions = {}): {
  readonly database: BorrowedDatabase
  readonly pipeline: Pipeline
  create(options?: PipelineOptions): Promise<Pipeline>
} {
  const database = useDatabase()
  const open: Pipeline[] = []
  const create = async (changes: PipelineOptions = {}) => {
    const pipeline = await createPipeline(database.db, { ...options, ...changes })
    open.push(pipeline)
    return pipeline
  }
  beforeEach(() => create())
  afterEach(() => {
    for (const pipeline of open.splice(0)) pipeline.close()
  })
  return { database, pipeline: renewed(() => open[0]), create }
}
