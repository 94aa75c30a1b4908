/** What a server answers: RESP2, integers as numbers, nested arrays as they come. */
export type Reply = string | number | null | readonly Reply[]

/** The answer to INFO, every section, by field name. */
export interface Info {
  /** The field as the server wrote it, undefined where this version has no such field. */
  text(field: string): string | undefined
  /** The field as a number, undefined where it is absent or is none. */
  number(field: string): number | undefined
  /** All fields whose name starts with `prefix`, such as `cmdstat_` or `slave`. */
  startingWith(prefix: string): readonly (readonly [name: string, value: string])[]
}

/**
 * One watched server during one look. Every call has a deadline, and the same call made twice in a
 * look, by whichever plugin, is sent once. Calls made side by side travel in one round trip.
 * A call rejects with a {@link ValkeyError}.
 */
export interface Valkey {
  call(command: string, ...args: readonly (string | number)[]): Promise<Reply>
  info(): Promise<Info>
}

/**
 * Why a call failed.
 * - no answer came: `refused`, `dns`, `unreachable`, `tls`, `timeout` (connecting, or accepted and silent), `closed`
 * - the server is up and will not serve us: `auth` (NOAUTH, WRONGPASS), `denied` (NOPERM),
 *   `unsupported` (unknown command, or a feature this server has off), `loading`, `busy`, `max_clients`
 * - `error`: any other error reply
 */
export type ValkeyFault =
  | 'refused'
  | 'dns'
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'closed'
  | 'auth'
  | 'denied'
  | 'unsupported'
  | 'loading'
  | 'busy'
  | 'max_clients'
  | 'error'

const silent: ReadonlySet<ValkeyFault> = new Set([
  'refused',
  'dns',
  'unreachable',
  'tls',
  'timeout',
  'closed',
])

/** A failed call. `message` is fit to be shown: it never holds a password. */
export class ValkeyError extends Error {
  override readonly name = 'ValkeyError'
  readonly fault: ValkeyFault

  constructor(fault: ValkeyFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }

  /**
   * By name: a plugin's copy of this class and the service's may come from different files, and an
   * error of either is one to both.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'ValkeyError'
  }

  /** True where no answer came at all: nobody can tell a dead server from an unreachable one. */
  get unanswered(): boolean {
    return silent.has(this.fault)
  }
}

/**
 * The answer, or undefined where this server does not know the command or does not let us use it.
 * Which that was is recorded for everybody to see, and the command is not sent again for minutes.
 */
export async function permitted<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ValkeyError && refused(error)) return undefined
    throw error
  }
}

/** Whether the server answered that this command is not for us, now and in a minute. */
export const refused = ({ fault }: ValkeyError) => fault === 'denied' || fault === 'unsupported'
