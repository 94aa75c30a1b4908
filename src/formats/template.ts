import { defineFormat } from 'tocsin/plugin'
import { z } from 'zod'
import { renderTemplate, templateFault } from './template-body.ts'
import { isoTime } from './wording.ts'

/**
 * JSON of the user's own, its texts written in Liquid (liquidjs.com): always valid JSON, whatever
 * the event holds. `{ "$raw": "data" }` stands for a value as it is.
 */
export const template = defineFormat({
  name: 'template',
  title: 'Template',
  summary: 'JSON of your own: texts are Liquid templates, {"$raw": "data.value"} a value as it is.',
  config: z.strictObject({
    // Said one level deep: a schema that refers to itself has no place in an OpenAPI component.
    template: z
      .union([
        z.string(),
        z.number(),
        z.boolean(),
        z.null(),
        z.array(z.unknown()),
        z.record(z.string(), z.unknown()),
      ])
      .superRefine((value, context) => {
        const fault = templateFault(value)
        if (fault !== undefined)
          context.addIssue({ code: 'custom', ...fault, path: [...fault.path] })
      })
      .describe(
        'The body. Known are event, instance, data, threshold, alert, links, webhook, environment and account.',
      )
      .meta({
        examples: [
          { text: '{{ event.severity | upcase }}: {{ event.message }}', data: { $raw: 'data' } },
        ],
      }),
  }),
  render([event], { config, webhook, environment, accountId }) {
    const { id, type, timestamp, severity, tier, summary, message, subject, test } = event
    const time = isoTime(timestamp)
    return {
      body: renderTemplate(config.template, {
        event: { id, type, timestamp, time, severity, tier, summary, message, subject, test },
        instance: event.instance ?? null,
        data: event.data,
        threshold: event.threshold ?? null,
        alert: event.alert,
        links: event.links,
        delivery: { id: event.deliveryId },
        webhook,
        environment,
        account: accountId ?? null,
      }),
    }
  },
})
