/** The webhook that every client makes, reads and removes; nothing is ever sent to it. */
export const webhook = {
  name: 'Made by a generated client',
  url: 'http://127.0.0.1:9/never',
  events: ['instance.down' as const],
}

/** Where the service is. */
export function serviceUrl(): string {
  const [, , url] = process.argv
  if (url === undefined) throw new Error('Say where the service is')
  return url
}

/** Throws where something is not as it should be. */
export function expect(name: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${name} is ${String(found)} instead of ${String(wanted)}`)
}
