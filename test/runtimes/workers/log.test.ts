import { expect, test } from 'vitest'
import { createLog } from '../../../src/runtimes/workers/log.ts'

test('a line is a JSON object with the words filled in; errors are one line without a stack', () => {
  const lines: string[] = []
  const log = createLog('info', (line) => lines.push(line))
  log.debug('nobody asked')
  log.warn('{what} failed on {instance}: {error} {unknown}', {
    what: 'a look',
    instance: 'cache',
    error: new Error('refused\nand more'),
  })
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 'warning',
      message: 'a look failed on cache: refused {unknown}',
      what: 'a look',
      instance: 'cache',
      error: 'refused',
    },
  ])
})
