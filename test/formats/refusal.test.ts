import { expect, test } from 'vitest'
import { builtInFormats } from '../../src/formats/index.ts'
import vectors from '../fixtures/native-vectors.json' with { type: 'json' }

const { error } = vectors.pagerduty

test.each([
  ['pagerduty', error.status, error.body, "Length of 'routing_key' is incorrect"],
  ['jsm', 422, { message: 'Not processable.', errors: { message: 'is empty' } }, 'is empty'],
  ['opsgenie', 403, { message: 'Forbidden' }, 'Check formatConfig.apiKey'],
  ['twilio', 401, { code: 20003, message: 'Authenticate' }, 'Authenticate, 20003'],
  ['ntfy', 403, { code: 40301, error: 'forbidden' }, 'Check formatConfig.token'],
  ['sendgrid', 400, { errors: [{ message: 'no address', field: 'from.email' }] }, 'from.email'],
  ['incident-io', 401, { message: 'Unknown token' }, 'Check formatConfig.token'],
  ['rootly', 422, { errors: [{ detail: 'is invalid' }] }, 'is invalid'],
  ['alertmanager', 400, 'start time must be before end time', 'start time must be before'],
  ['grafana-irm', 404, '<html>Not found</html>', 'refuses it. Check the integration'],
  ['teams', 404, { error: { code: 'WorkflowNotFound' } }, 'WorkflowNotFound'],
  ['telegram', 404, { ok: false, description: 'Not Found' }, 'the token in the url'],
])('%s answering %i will not be asked again, and why is said', (name, status, said, reason) => {
  expect(judge(name, status, said)).toEqual({
    verdict: 'rejected',
    reason: expect.stringContaining(reason),
  })
})

test.each([
  ['twilio', { code: 20429, message: 'Too Many Requests' }, undefined],
  ['incident-io', {}, undefined],
  ['pagerduty', { status: 'throttle exceeded' }, 30_000],
])('%s that is busy is asked again later', (name, said, retryAfterMs) => {
  expect(judge(name, 429, said)).toEqual({
    verdict: 'retry',
    reason: expect.stringMatching(/takes no more for now.*\.$/),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
})

test('what is wrong with the service itself is no refusal', () => {
  for (const { name } of builtInFormats) expect(judge(name, 500, {})).toBeUndefined()
})

function judge(name: string, status: number, said: unknown) {
  const format = builtInFormats.find((it) => it.name === name)
  const body = typeof said === 'string' ? said : JSON.stringify(said)
  return format?.judge?.({ status, body, header: () => undefined })
}
