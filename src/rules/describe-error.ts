/**
 * What went wrong, in one line fit to be shown. The message of a failed query repeats the statement
 * and its parameters, secrets among them: the cause underneath says what matters.
 */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return describeError(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  if ('query' in error && 'params' in error && error.message.startsWith('Failed query'))
    return error.cause instanceof Error ? describeError(error.cause) : 'A database query failed.'
  return (error.message || error.name).split('\n', 1)[0] ?? error.name
}
