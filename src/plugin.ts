/**
 * `tocsin/plugin`: what a plugin is made of.
 *
 * A plugin observes one subsystem of a Valkey or Redis server. It declares its event types once and
 * emits readings: plain data, also below any threshold. Tier, threshold, hysteresis, webhooks and
 * delivery are decided elsewhere, from these declarations.
 *
 * @module
 */
export { type Observation, observe, type Point } from './plugin/anomaly/detector.ts'
export { type AnomalyReason, reasons } from './plugin/anomaly/signals.ts'
export { type DetectorState, detectorState } from './plugin/anomaly/state.ts'
export {
  defineEvent,
  type EventDeclaration,
  type Severity,
  severities,
  type Threshold,
  type Tier,
  tiers,
} from './plugin/event.ts'
export {
  definePlugin,
  type Plugin,
  type PollContext,
  type WatchedInstance,
} from './plugin/plugin.ts'
export {
  type Info,
  type Reply,
  type Valkey,
  ValkeyError,
  type ValkeyFault,
} from './plugin/valkey.ts'
