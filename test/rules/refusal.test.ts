import { expect, test } from 'vitest'
import { refusalOf, refuse } from '../../src/rules/refusal.ts'

test.each([400, 408, 413, 431] as const)('%i is answered as a problem', async (status) => {
  const answer = refuse(status)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const problem = await answer.json()
  expect(problem).toEqual(JSON.parse(refusalOf(status).body))
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^\/problems\/[a-z-]+$/),
    status,
    statusCode: status,
    message: problem.detail,
    error: problem.title,
  })
})
