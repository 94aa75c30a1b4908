import { beforeEach } from 'vitest'
import { type Call, createCall } from './api-client.ts'
import { type Prepare, type TestService, useService } from './fixtures.ts'

/** An API of the test file's own, its tables emptied before each test. */
export interface TestApi extends TestService {
  readonly call: Call
}

/**
 * Sets up the API for every test of a file. `prepare` says what this service does differently; no
 * answer may hold one of `secrets`.
 */
export function useApi(prepare?: Prepare, secrets: readonly string[] = []): TestApi {
  const made = useService(prepare)
  let current: Call
  beforeEach(() => {
    current = createCall(made.service, secrets)
  })
  return { ...made, call: (...request) => current(...request) }
}
