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
  let current: Call | undefined
  beforeEach(() => {
    // An API counts requests against its limits: those of other tests are not to count.
    if (made.service.rateLimits !== undefined) current = undefined
    // Making one takes longer than most requests.
    current ??= createCall(made.lasting(), secrets)
  })
  return {
    ...made,
    call(...request) {
      if (current === undefined) throw new Error('It is there only while tests run.')
      return current(...request)
    },
  }
}
