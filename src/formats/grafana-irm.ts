import { cut, defineFormat } from 'tocsin/plugin'
import { refusal } from './refusal.ts'
import { alertTitleOf, linkOf, placeOf, units } from './wording.ts'

/** Formatted webhook integrations of Grafana IRM, formerly OnCall (grafana.com/docs; FORMATS 4.6). */
export const grafanaIrm = defineFormat({
  name: 'grafana-irm',
  title: 'Grafana IRM',
  summary: 'Formatted webhook integrations of Grafana IRM and OnCall.',
  secretUrl: true,
  resolves: true,
  suggests: ({ pathname }) => pathname.includes('/integrations/v1/formatted_webhook/'),
  render([event]) {
    const { alert } = event
    const link = linkOf(event)
    return {
      body: JSON.stringify({
        alert_uid: alert.key,
        title: cut(`${alertTitleOf(event)} on ${placeOf(event)}`, 200, units),
        state: alert.state === 'resolved' ? 'ok' : 'alerting',
        message: cut(event.message, 4000, units),
        ...(link !== undefined && { link_to_upstream_details: link }),
      }),
    }
  },
  judge: (answer) => refusal({ title: 'Grafana IRM', check: "the integration's URL" }, answer),
})
