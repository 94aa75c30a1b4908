import { expect, test } from 'vitest'
import { findDue } from '../../src/store/due.ts'
import { usePipeline } from '../support/fixtures.ts'
import { level } from '../support/pipeline.ts'

const { pipeline } = usePipeline()

test('nothing is due until something is watched, owed, or stands', async () => {
  expect(await findDue(pipeline.store)).toEqual({
    lookInMs: undefined,
    owed: false,
    standing: false,
  })

  await pipeline.webhook({ url: 'http://127.0.0.1:1/', events: [level.type] })
  await pipeline.publish({ type: level.type, data: { value: 95 } })
  expect(await findDue(pipeline.store)).toMatchObject({ owed: true, standing: true })
})
