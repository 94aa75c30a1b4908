export { alerts } from './alerts.ts'
export { audit } from './audit.ts'
export { consents } from './consents.ts'
export {
  answeredWith,
  attempts,
  batches,
  type DeliveryStatus,
  deliveries,
  deliveryStatuses,
  givenUp,
  notAccepted,
  open,
} from './deliveries.ts'
export { deliveryHours } from './delivery-hours.ts'
export { events, idempotencyKeys } from './events.ts'
export { instances, pluginStates } from './instances.ts'
export { type SampleValues, samples } from './samples.ts'
export { sessions } from './sessions.ts'
export { tokens } from './tokens.ts'
export { revisions, webhookHealth, webhooks } from './webhooks.ts'
