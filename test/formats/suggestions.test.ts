import { expect, test } from 'vitest'
import { builtInFormats } from '../../src/formats/index.ts'

const suggested = (url: string) =>
  builtInFormats.filter(({ suggests }) => suggests?.(new URL(url))).map(({ name }) => name)

test.each([
  ['slack', 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXX'],
  ['slack', 'https://hooks.slack-gov.com/services/T0/B0/X'],
  ['discord', 'https://discord.com/api/webhooks/123456/abcdef'],
  ['discord', 'https://discordapp.com/api/v10/webhooks/1/a?thread_id=7'],
  ['discord', 'https://canary.discord.com/api/webhooks/1/a'],
  [
    'teams',
    'https://prod-00.westeurope.logic.azure.com:443/workflows/ID/triggers/manual/paths/invoke',
  ],
  [
    'teams',
    'https://x.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/ID',
  ],
  ['teams', 'https://example.webhook.office.com/webhookb2/x/IncomingWebhook/y'],
  ['pagerduty', 'https://events.pagerduty.com/v2/enqueue'],
  ['pagerduty', 'https://events.eu.pagerduty.com/v2/enqueue'],
  ['jsm', 'https://api.atlassian.com/jsm/ops/integration/v2/alerts'],
  ['opsgenie', 'https://api.eu.opsgenie.com/v2/alerts'],
  ['alertmanager', 'http://alertmanager.example.com:9093/api/v2/alerts'],
  ['incident-io', 'https://api.incident.io/v2/alert_events/http/01ABC'],
  ['rootly', 'https://api.rootly.com/v1/alerts'],
  ['grafana-irm', 'https://oncall.example.com/integrations/v1/formatted_webhook/token/'],
  ['telegram', 'https://api.telegram.org/bot1234:TOKEN/sendMessage'],
  ['ntfy', 'https://ntfy.sh/tocsin'],
  ['sendgrid', 'https://api.sendgrid.com/v3/mail/send'],
  ['twilio', 'https://api.twilio.com/2010-04-01/Accounts/AC0/Messages.json'],
])('%s is suggested, and nothing else, for %s', (name, url) => {
  expect(suggested(url)).toEqual([name])
})

test.each([
  'https://hooks.slack.com.evil.example/services/T0/B0/X',
  'https://slack.com/services/T0',
  'https://discord.com/channels/1/2',
  'https://events.pagerduty.com.example/v2/enqueue',
  'https://api.atlassian.com/ex/jira',
  'https://hooks.zapier.com/hooks/catch/1/2/',
])('nothing is suggested for %s', (url) => {
  expect(suggested(url)).toEqual([])
})
