/** Structured logging: `{name}` in the message stands for the property of that name. */
export interface Log {
  debug(message: string, properties?: Record<string, unknown>): void
  info(message: string, properties?: Record<string, unknown>): void
  warn(message: string, properties?: Record<string, unknown>): void
  error(message: string, properties?: Record<string, unknown>): void
}
