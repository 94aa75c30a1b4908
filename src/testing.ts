/**
 * `tocsin/testing`: for tests of plugins and formats, under any test runner.
 *
 * @module
 */
export type { FormatRequest } from './rules/format-request.ts'
export type { Check } from './testing/check.ts'
export { type CheckFormatOptions, checkFormat } from './testing/check-format.ts'
export { type CheckOptions, checkPlugin } from './testing/check-plugin.ts'
export { type ComposeOptions, composeRequest } from './testing/compose-request.ts'
export { formatEvent } from './testing/format-event.ts'
export { type Polled, type PollOptions, poll, type Reading } from './testing/poll.ts'
export type { InfoFields, Replies, Scripted } from './testing/replies.ts'
