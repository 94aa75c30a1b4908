import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context as HonoContext } from 'hono'
import type { Principal } from './authorize.ts'
import type { RouteEntry } from './route-table.ts'

/** Who is asking, as far as the runtime can tell. */
export interface Client {
  readonly address?: string
}

export interface Env {
  Bindings: { readonly client: Client }
  Variables: {
    readonly requestId: string
    principal: Principal
    /** The routes that the request may be meant for. */
    routes: readonly RouteEntry[]
    /** Whether it was only counted what would change. */
    dryRun?: boolean
  }
}

/** The application that routes are registered with. */
export type Api = OpenAPIHono<Env>
/** One request under way. */
export type Context = HonoContext<Env>
