import type { Format } from 'tocsin/plugin'
import { alertmanager } from './alertmanager.ts'
import { betterdb } from './betterdb.ts'
import { cloudevents } from './cloudevents.ts'
import { dakkio } from './dakkio.ts'
import { db24x7 } from './db24x7.ts'
import { discord } from './discord.ts'
import { grafanaIrm } from './grafana-irm.ts'
import { incidentIo } from './incident-io.ts'
import { ntfy } from './ntfy.ts'
import { jsm, opsgenie } from './opsgenie.ts'
import { pagerduty } from './pagerduty.ts'
import { rootly } from './rootly.ts'
import { sendgrid } from './sendgrid.ts'
import { slack } from './slack.ts'
import { stalwart } from './stalwart.ts'
import { standard } from './standard.ts'
import { teams } from './teams.ts'
import { telegram } from './telegram.ts'
import { template } from './template.ts'
import { twilio } from './twilio.ts'

/** The formats that come with Tocsin, the default first. */
export const builtInFormats: readonly [Format, ...Format[]] = [
  betterdb,
  standard,
  cloudevents,
  db24x7,
  dakkio,
  stalwart,
  template,
  slack,
  discord,
  teams,
  pagerduty,
  jsm,
  opsgenie,
  alertmanager,
  incidentIo,
  rootly,
  grafanaIrm,
  telegram,
  ntfy,
  sendgrid,
  twilio,
]
