import { cut, defineFormat, type FormatEvent, type Severity } from 'tocsin/plugin'
import { z } from 'zod'
import { refusal } from './refusal.ts'
import { isoTime, linkOf, placeOf, sourceOf, units } from './wording.ts'

const config = z.strictObject({
  apiKey: z.string().min(1).max(200).describe('Key of an API integration.'),
  tags: z.array(z.string().min(1).max(50)).max(15).default([]).describe('Added to every alert.'),
})

/**
 * Alerts of Jira Service Management, which takes what Opsgenie took (developer.atlassian.com,
 * "Integration events"; FORMATS 4.5): what is over closes the alert by its alias.
 */
export const jsm = atlassian(
  'jsm',
  'Jira Service Management',
  'https://api.atlassian.com/jsm/ops/integration/v2/alerts',
  ({ hostname, pathname }) =>
    hostname === 'api.atlassian.com' && pathname.startsWith('/jsm/ops/integration/'),
)

/** The same at Opsgenie, until it ends on 2027-04-05 (support.atlassian.com). */
export const opsgenie = atlassian(
  'opsgenie',
  'Opsgenie',
  'https://api.opsgenie.com/v2/alerts',
  ({ hostname }) => /^api(?:\.eu)?\.opsgenie\.com$/.test(hostname),
)

function atlassian(name: string, title: string, url: string, suggests: (url: URL) => boolean) {
  return defineFormat({
    name,
    title,
    summary: `Alerts of ${title}; url: ${url}`,
    config,
    secrets: ['apiKey'],
    resolves: true,
    suggests,
    render: ([event], { config: { tags } }) => ({
      body: JSON.stringify(
        event.alert.state === 'resolved'
          ? { source: 'Tocsin', note: cut(event.message, 25_000, units) }
          : alertOf(event, tags),
      ),
    }),
    target: (url, [{ alert }]) =>
      alert.state === 'resolved'
        ? `${url.replace(/\/$/, '')}/${encodeURIComponent(alert.key)}/close?identifierType=alias`
        : url,
    authorization: ({ apiKey }) => ({ type: 'Bearer', token: apiKey, scheme: 'GenieKey' }),
    judge: (answer) => refusal({ title, check: 'formatConfig.apiKey' }, answer),
  })
}

const priorities: Readonly<Record<Severity, string>> = {
  critical: 'P1',
  error: 'P2',
  warning: 'P3',
  info: 'P5',
}

function alertOf(event: FormatEvent, tags: readonly string[]) {
  const link = linkOf(event)
  return {
    message: cut(`${event.message} (${placeOf(event)})`, 130, units),
    alias: event.alert.key,
    description:
      cut(event.message, link === undefined ? 15_000 : 12_000, units) + (link ? `\n\n${link}` : ''),
    tags: ['tocsin', cut(event.type, 50, units), ...tags],
    details: detailsOf(event),
    entity: cut(sourceOf(event), 512, units),
    source: 'Tocsin',
    priority: priorities[event.severity],
  }
}

/** Texts only, 8000 characters in all. */
function detailsOf(event: FormatEvent): Readonly<Record<string, string>> {
  const details: Record<string, string> = { eventId: event.id, time: isoTime(event.timestamp) }
  let left = 7500
  for (const [name, value] of Object.entries(event.data)) {
    if (name === 'message') continue
    const text = cut(typeof value === 'string' ? value : JSON.stringify(value), 500, units)
    left -= name.length + text.length
    if (left < 0) break
    details[name] = text
  }
  return details
}
