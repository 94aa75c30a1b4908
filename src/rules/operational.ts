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

/** Events about the service's own doings. They carry no tier of their own: every licence has them. */
export const operational = definePlugin({ name: 'tocsin', events: [alertResolved] })
