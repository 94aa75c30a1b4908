/**
 * `tocsin/plugin`: what plugins and formats are made of.
 *
 * A plugin observes one subsystem of a Valkey or Redis server. It declares its event types once and
 * emits readings: plain data, also below any threshold. Tier, threshold, hysteresis, webhooks and
 * delivery are decided elsewhere, from these declarations. A format says how events are told to one
 * kind of receiver.
 *
 * @module
 */
export {
  type AclLogState,
  aclLogState,
  type Denial,
  type Denials,
  readAclLog,
} from './plugin/acl-log.ts'
export { type Observation, observe, type Point } from './plugin/anomaly/detector.ts'
export { type AnomalyReason, reasons } from './plugin/anomaly/signals.ts'
export { type DetectorState, detectorState } from './plugin/anomaly/state.ts'
export { base64, hex } from './plugin/bytes.ts'
export { clientField, lastToRun } from './plugin/clients.ts'
export { countsSubcommands, successes } from './plugin/command-stats.ts'
export { cut } from './plugin/cut.ts'
export {
  defineEvent,
  type EventDeclaration,
  type EventMeaning,
  type Severity,
  severities,
  type Threshold,
  type Tier,
  tiers,
} from './plugin/event.ts'
export {
  defineFormat,
  type Format,
  type FormatAnswer,
  type FormatAttempt,
  type FormatAuthorization,
  type FormatConsent,
  type FormatContext,
  type FormatGrant,
  type FormatPayload,
  type FormatVerdict,
  type Signer,
} from './plugin/format.ts'
export type {
  FormatAlert,
  FormatEvent,
  FormatEvents,
  FormatInstance,
  FormatThreshold,
} from './plugin/format-event.ts'
export { instant } from './plugin/instant.ts'
export {
  type Capability,
  definePlugin,
  type Plugin,
  type PollContext,
  type WatchedInstance,
} from './plugin/plugin.ts'
export { readSecretKey, type SecretKey } from './plugin/secret-key.ts'
export { newestStalls, type Stalls, worstStall } from './plugin/stalls.ts'
export {
  type Info,
  permitted,
  type Reply,
  type Valkey,
  ValkeyError,
  type ValkeyFault,
} from './plugin/valkey.ts'
