import type { Hono, Context as HonoContext } from 'hono'
import type { Fetching } from '../api/app.ts'
import type { Principal } from '../api/authorize.ts'
import type { Client } from '../api/context.ts'
import type { Service } from '../api/service.ts'

export interface Env {
  Bindings: { readonly client: Client }
  Variables: {
    readonly requestId: string
    /** Who looks; undefined before anybody has signed in. */
    principal: Principal | undefined
  }
}

/** The application that pages are registered with. */
export type Pages = Hono<Env>
/** One request for a page. */
export type Context = HonoContext<Env>

/** What the screens are made from. */
export interface Site {
  readonly service: Service
  /** The API, which makes every change: the same checks, records and limits for people as for programs. */
  readonly api: Fetching
}
