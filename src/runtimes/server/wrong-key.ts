/** What holds a secret that cannot be opened. */
interface Holder {
  readonly kind: string
  readonly id: string
  readonly name: string
}

/** Why the service does not start with these keys, and what to do. `others` holders are like `first`. */
export function wrongKey(first: Holder, others: number, hasKey: boolean): string {
  const more = others > 0 ? ` (and ${others} more)` : ''
  const what = `The secrets of the ${first.kind} "${first.name}", ${first.id}${more},`
  return hasKey
    ? `${what} were stored with another ENCRYPTION_KEY. Set that key again, or add it to ENCRYPTION_KEY_PREVIOUS and run: tocsin secrets rotate`
    : `${what} are encrypted, and ENCRYPTION_KEY is not set. Set the key they were stored with.`
}
