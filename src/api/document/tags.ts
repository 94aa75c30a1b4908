/** What the operations of the document are grouped by. */
export const tags = [
  { name: 'Webhooks', description: 'Endpoints and what they hear of.' },
  { name: 'Deliveries', description: 'What was sent to webhooks, and trying again.' },
  { name: 'Instances', description: 'Valkey and Redis servers under watch.' },
  { name: 'Events', description: 'What happened, and the event types there are.' },
  { name: 'Alerts', description: 'Thresholds standing crossed.' },
  { name: 'Plugins', description: 'Who observes, and how that goes.' },
  { name: 'Tokens', description: 'Who may ask, and who changed what.' },
  { name: 'Service', description: 'The service itself.' },
  { name: 'Payloads', description: 'What webhooks receive.' },
]
