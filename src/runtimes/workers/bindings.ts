/** What `wrangler.toml` binds to the Worker, beside variables and secrets. */
export interface Bindings {
  /** The pool in front of PostgreSQL. */
  readonly HYPERDRIVE?: { readonly connectionString: string }
  /** Word that there is work; see {@link WorkMessage}. */
  readonly WORK?: Queue
  /** Wakes the service between two minutes. */
  readonly POLLER?: DurableObjectNamespace
  /** Variables and secrets. */
  readonly [name: string]: unknown
}

/** What there may be to do. Only a hint: the database knows what it is. */
export interface WorkMessage {
  readonly verb: 'look' | 'send'
}

interface Queue {
  send(message: WorkMessage, options?: { readonly delaySeconds: number }): Promise<unknown>
}

/** Messages that came together. */
export interface MessageBatch {
  readonly messages: readonly { readonly body: WorkMessage }[]
  retryAll(options: { readonly delaySeconds: number }): void
}

interface DurableObjectNamespace {
  idFromName(name: string): unknown
  get(id: unknown): { fetch(request: Request): Promise<Response> }
}

/** What a Durable Object gets to keep. */
export interface DurableObjectState {
  readonly storage: {
    getAlarm(): Promise<number | null>
    setAlarm(at: number): Promise<void>
  }
}

/** What a call may leave running behind its answer. */
export interface Context {
  waitUntil(work: Promise<unknown>): void
}
