import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** What breaks the service on purpose: minutes of work, so apart from `npm test`. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/destructive/*.destroy.ts'],
    pool: 'forks',
    // One after another: several of them measure, and all of them are many processes already.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
    allowOnly: false,
    // The lines they print are for machines too.
    disableConsoleIntercept: true,
    reporters: [['default', { summary: false }]],
  },
})
