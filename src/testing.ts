/**
 * `tocsin/testing`: for tests of plugins, under any test runner.
 *
 * @module
 */
export type { Check } from './testing/check.ts'
export { type CheckOptions, checkPlugin } from './testing/check-plugin.ts'
export { type Polled, type PollOptions, poll, type Reading } from './testing/poll.ts'
export type { InfoFields, Replies, Scripted } from './testing/replies.ts'
