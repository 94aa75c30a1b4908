import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { freshAssets } from './src/cli/assets.js'

await freshAssets()

const files = (...folders: readonly string[]) => folders.map((name) => `test/${name}/**/*.test.ts`)

/** What needs a database: run once on PGlite and once on a real PostgreSQL. */
const onDatabases = [
  ...files('store', 'pipeline', 'api', 'ui', 'system'),
  'test/support/databases.test.ts',
]
/** What needs a real server of another product and no database. */
const onServers = files('valkey', 'plugins', 'cli', 'receivers')
/** What is seen in a real browser. */
const inBrowser = files('browser')
/** What measures: by itself, when everything else is done. */
const onTime = files('timing')
const onPostgres = [
  'test/support/postgres-server.test.ts',
  'test/system/outage.test.ts',
  // Their subject is what is asked and shown, in queries that other files make on both databases.
  'test/api/fuzz.test.ts',
  'test/api/hostile-urls.test.ts',
  'test/api/document.test.ts',
]

type TestOptions = NonNullable<TestProjectInlineConfiguration['test']>

const patient: TestOptions = {
  testTimeout: 30_000,
  hookTimeout: 120_000,
  setupFiles: ['test/support/search-logs.ts'],
}
const valkey = 'test/support/setup-valkey.ts'

/** Only the setups of projects that have a file to run are run: one file starts what it needs. */
function project(name: string, test: TestOptions): TestProjectInlineConfiguration {
  return { extends: true, test: { name, ...test } }
}

export default defineConfig({
  test: {
    pool: 'forks',
    // Files share a process, one after another: loading the code anew for each took as long again.
    isolate: false,
    // Every project would translate the same sources anew: a tenth of the suite's time.
    experimental: { fsModuleCache: true },
    // PGlite takes about 350 MB. Four even on two cores: files that start processes mostly wait.
    maxWorkers: 4,
    testTimeout: 10_000,
    teardownTimeout: 20_000,
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      project('rules', {
        include: ['test/**/*.test.ts'],
        // The judges have packages of their own, with tests of theirs.
        exclude: [
          'test/judges/**',
          ...onDatabases,
          ...onServers,
          ...onPostgres,
          ...onTime,
          ...inBrowser,
        ],
      }),
      project('servers', {
        ...patient,
        include: onServers,
        globalSetup: ['test/support/setup-pglite.ts', valkey],
      }),
      project('pglite', {
        ...patient,
        include: onDatabases,
        exclude: onPostgres,
        globalSetup: ['test/support/setup-pglite.ts', valkey],
      }),
      project('postgres', {
        ...patient,
        include: [...onDatabases, ...onPostgres],
        globalSetup: ['test/support/setup-postgres.ts', valkey],
      }),
      project('browser', {
        ...patient,
        include: inBrowser,
        globalSetup: ['test/support/setup-pglite.ts', 'test/support/setup-browser.ts'],
      }),
      project('timing', {
        ...patient,
        include: onTime,
        globalSetup: ['test/support/setup-pglite.ts', valkey],
        maxWorkers: 1,
        fileParallelism: false,
        sequence: { groupOrder: 1 },
      }),
    ],
  },
})
