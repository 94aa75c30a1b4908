import { expect, test } from 'vitest'
import { explain, type Gates, heldBack } from '../../src/rules/explanation.ts'
import { catalog } from '../support/service.ts'
import { webhookSettings } from '../support/webhook-settings.ts'

const event = catalog.events.get('memory.critical')
if (event === undefined) throw new Error('the catalogue has no memory.critical')

const input: Gates = {
  event,
  tier: 'community',
  webhook: {
    ...webhookSettings({ name: 'W', url: 'https://example.com', events: ['memory.critical'] }),
    disabledReason: null,
  },
  instance: {
    instanceId: 'a',
    labels: {},
    name: 'cache',
    enabled: true,
    state: 'up',
    lastError: null,
  },
  pluginError: null,
  missing: [],
  reading: 95,
}
const why = (changes: Partial<Gates>) => heldBack(explain({ ...input, ...changes }))
const webhook = (changes: Partial<Gates['webhook']>) => ({
  webhook: { ...input.webhook, ...changes },
})

test('nothing holds back what has reached its threshold', () => {
  expect(why({})).toBeUndefined()
})

test.each<[string, Partial<Gates>, RegExp]>([
  ['a reading below', { reading: 50 }, /last reading is 50 %, and it fires at 90 %/],
  ['its own threshold', webhook({ thresholds: { memoryCriticalPercent: 96 } }), /fires at 96 %/],
  ['a paused webhook', webhook({ enabled: false }), /paused/],
  ['one switched off', webhook({ enabled: false, disabledReason: '410' }), /410/],
  ['another event', webhook({ events: ['instance.down'] }), /not among its events/],
  ['an event left out', webhook({ eventsPolicy: 'exclude' }), /left out/],
  ['other instances', webhook({ instances: ['b'] }), /wants only \["b"\]/],
  ['a receiver that fails', { failing: { failures: 7, heldBack: true } }, /7 failures in a row/],
  ['a plugin that fails', { pluginError: 'it broke' }, /it broke/],
])('%s is named as the reason', (_, changes, reason) => {
  expect(why(changes)?.reason).toMatch(reason)
})

test('the licence is named with the tier that is needed', () => {
  const locked = catalog.events.get('acl.modified')
  if (locked === undefined) throw new Error('the catalogue has no acl.modified')
  const held = why({ event: locked, ...webhook({ events: ['acl.modified'] }) })
  expect(held?.reason).toMatch(/needs enterprise, and community is in force/)
})

test('an alert that stands says until when it is silent', () => {
  const steps = explain({ ...input, standing: { since: new Date(0), threshold: 90 } })
  expect(steps.at(-1)?.reason).toMatch(
    /fired at 90 %, once, and stands until the value is below 81 %/,
  )
})
