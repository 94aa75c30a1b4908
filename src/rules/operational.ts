import { z } from 'zod'
import { defineEvent } from '../plugin/event.ts'
import { definePlugin } from '../plugin/plugin.ts'

/** A threshold alert of one webhook has cleared. Only that webhook hears of it, if it subscribes. */
export const alertResolved = defineEvent({
  type: 'alert.resolved',
  tier: 'community',
  severity: 'info',
  summary: 'A value that had crossed its threshold is back in the safe range.',
  data: z.object({
    event: z.string().describe('The event type that had fired.'),
    subject: z.string().optional().describe('What on the instance it was about, where it says.'),
    value: z.number().describe('The reading that cleared the alert.'),
    peak: z.number().describe('The worst reading while the alert stood.'),
    threshold: z.number().describe('The limit of this webhook when the alert fired.'),
    since: z.int().describe('When the alert fired, epoch milliseconds.'),
    durationMs: z.int().min(0).describe('How long the alert stood, in milliseconds.'),
  }),
  example: {
    event: 'memory.critical',
    value: 80.2,
    peak: 96.1,
    threshold: 90,
    since: 1706457600000,
    durationMs: 312000,
    message: 'memory.critical resolved after 312 s: 80.2 (peak 96.1, threshold 90)',
  },
  message: ({ event, value, peak, threshold, durationMs }) =>
    `${event} resolved after ${Math.round(durationMs / 1000)} s: ${value} (peak ${peak}, threshold ${threshold})`,
})

const webhook = {
  webhookId: z.string().describe('The webhook it is about; that one does not hear of it.'),
  webhookName: z.string().describe('What people call it.'),
}
const failing = {
  ...webhook,
  failures: z.int().describe('Attempts that had failed in a row.'),
  since: z.int().describe('When the first of them failed, epoch milliseconds.'),
}
const webhookExample = { webhookId: '01a1fd97-52a2-7148-8f98-90e90f3534c7', webhookName: 'Ops' }

/** A webhook has failed so long that it is only probed now. What it is owed waits. */
export const webhookFailing = defineEvent({
  type: 'webhook.failing',
  tier: 'community',
  severity: 'warning',
  summary: 'A webhook keeps failing: what it is owed waits, and it is probed now and then.',
  data: z.object(failing),
  example: {
    ...webhookExample,
    failures: 20,
    since: 1706457600000,
    message: 'Webhook "Ops" is failing: 20 attempts in a row',
  },
  message: ({ webhookName, failures }) =>
    `Webhook "${webhookName}" is failing: ${failures} attempts in a row`,
})

/** A failing webhook has answered well again. */
export const webhookRecovered = defineEvent({
  type: 'webhook.recovered',
  tier: 'community',
  severity: 'info',
  summary: 'A webhook that was failing answers again: what it is owed is sent.',
  data: z.object(failing),
  example: {
    ...webhookExample,
    failures: 24,
    since: 1706457600000,
    message: 'Webhook "Ops" has recovered after 24 failed attempts',
  },
  message: ({ webhookName, failures }) =>
    `Webhook "${webhookName}" has recovered after ${failures} failed attempts`,
})

/** The service has switched a webhook off. */
export const webhookDisabled = defineEvent({
  type: 'webhook.disabled',
  tier: 'community',
  severity: 'error',
  summary: 'A webhook was switched off: its receiver is gone for good.',
  data: z.object({ ...webhook, reason: z.string().describe('Why it was switched off.') }),
  example: {
    ...webhookExample,
    reason: 'The receiver answered 410 Gone: it wants no more requests.',
    message:
      'Webhook "Ops" was switched off: The receiver answered 410 Gone: it wants no more requests.',
  },
  message: ({ webhookName, reason }) => `Webhook "${webhookName}" was switched off: ${reason}`,
})

/** A delivery was given up after all its attempts. */
export const deliveryDeadLettered = defineEvent({
  type: 'delivery.dead_lettered',
  tier: 'community',
  severity: 'error',
  summary: 'A delivery was given up: all its attempts have failed, or it is too old.',
  data: z.object({
    ...webhook,
    deliveryId: z.string().describe('Id of the delivery.'),
    event: z.string().describe('The type of the event that was not delivered.'),
    attempts: z.int().describe('Attempts made.'),
    error: z.string().describe('What went wrong last.'),
  }),
  example: {
    ...webhookExample,
    deliveryId: '01a1fd97-6a3b-7a86-9c4e-2f6c9a5d1b11',
    event: 'memory.critical',
    attempts: 4,
    error: 'HTTP 500',
    message: 'memory.critical could not be delivered to webhook "Ops" in 4 attempts: HTTP 500',
  },
  message: ({ event, webhookName, attempts, error }) =>
    `${event} could not be delivered to webhook "${webhookName}" in ${attempts} attempts: ${error}`,
})

/** Events about the service's own doings. They carry no tier of their own: every licence has them. */
export const operational = definePlugin({
  name: 'tocsin',
  events: [alertResolved, webhookFailing, webhookRecovered, webhookDisabled, deliveryDeadLettered],
})
