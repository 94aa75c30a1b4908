import { type Severity, severities } from '../plugin/event.ts'

/** A stored severity; the mildest where it is none we know. */
export function parseSeverity(text: string): Severity {
  return severities.find((one) => one === text) ?? 'info'
}
