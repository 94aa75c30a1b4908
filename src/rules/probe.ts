/** What a first look at a server brought. */
export interface Probe {
  readonly reachable: boolean
  readonly server?: string
  readonly version?: string
  readonly role?: string
  readonly error?: string
  readonly durationMs: number
}
