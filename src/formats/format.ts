/** One event as a format sees it. */
export interface OutgoingEvent {
  readonly id: string
  readonly type: string
  /** When it happened, epoch milliseconds. */
  readonly timestamp: number
  /** Absent where an event belongs to no instance. */
  readonly instance?: { readonly host: string; readonly port: number }
  /** The data as JSON text, written once and never parsed again. */
  readonly data: string
}

/** One request about to be made. */
export interface OutgoingAttempt {
  readonly webhookId: string
  readonly deliveryId: string
  readonly eventType: string
  readonly body: string
  /** When this attempt is made, epoch milliseconds: a new one each time. */
  readonly timestamp: number
  readonly secret: string
  /** The one before, while it is still valid beside the new one. */
  readonly previousSecret?: string | undefined
}

/** Payload and headers of one kind of receiver. Pure: the same event gives the same bytes. */
export interface Format {
  readonly name: string
  render(event: OutgoingEvent): string
  headers(attempt: OutgoingAttempt): Promise<Record<string, string>>
}
