import type { OpenedSecrets, WebhookSettings } from './webhook.ts'

/** A webhook to be tried, saved or not. */
export interface TestTarget {
  /** Absent for one that is not saved yet. */
  readonly id?: string
  readonly settings: WebhookSettings
  readonly secrets: OpenedSecrets
  /** The trace of who asked for the test. */
  readonly trace?: string | undefined
}

/** What a test request brought (seed 1, "Test Webhook"). */
export interface TestResult {
  readonly success: boolean
  readonly statusCode?: number
  readonly responseBody?: string
  /** Values that look secret redacted. */
  readonly responseHeaders?: Readonly<Record<string, string>>
  readonly error?: string
  readonly durationMs: number
  /** As it was sent, secrets redacted; absent where none could be made. */
  readonly request?: { readonly headers: Readonly<Record<string, string>>; readonly body: string }
}
