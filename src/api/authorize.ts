import { sameDigest, sha256 } from '../rules/digest.ts'
import { type Scope, scopeNames } from '../rules/scope.ts'
import { sessionOf } from '../rules/session.ts'
import { tokenHint } from '../rules/token.ts'
import type { Database } from '../store/database.ts'
import { tokenOfSession } from '../store/sessions.ts'
import { keepEnvironmentToken, noteEnvironmentToken, useToken } from '../store/tokens.ts'

/** Who asks, and what they may do. */
export interface Principal {
  /** Id of the token, where it has one. */
  readonly tokenId: string | null
  /** Name of the token, or where the request comes from. */
  readonly name: string
  readonly scopes: readonly Scope[]
}

/** Whether a request may be served. */
type Authorization =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly status: 401 | 403; readonly detail: string }

export type Authorize = (
  request: Request,
  client: { readonly address?: string },
) => Promise<Authorization>

const loopback = /^(?:127\.|::1$|::ffff:127\.)/i
const loopbackName = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/i
const environment: Principal = { tokenId: null, name: 'TOCSIN_TOKEN', scopes: ['admin'] }
const thisMachine: Principal = { tokenId: null, name: 'this machine', scopes: ['admin'] }
const minuteMs = 60_000

/**
 * A request brings a token (`Authorization: Bearer ...`): the environment's, or one made over the
 * API or the command line; or the cookie of a browser that signed in with one. Where the environment names none, this machine is served without one
 * too, but only under a loopback name, so that no web page can reach in through a browser.
 */
export async function createAuthorize(
  db: Database,
  token: string | undefined,
  now: () => number = Date.now,
): Promise<Authorize> {
  const own = token === undefined ? undefined : await sha256(token)
  if (token !== undefined && own !== undefined)
    await keepEnvironmentToken(db, {
      name: environment.name,
      hash: own,
      hint: tokenHint(token),
    })
  let noted = Number.NEGATIVE_INFINITY

  async function principalOf(hash: string): Promise<Principal | undefined> {
    if (own === undefined || !sameDigest(hash, own)) {
      const found = await useToken(db, hash)
      return found && { tokenId: found.id, name: found.name, scopes: scopesOf(found.scopes) }
    }
    if (now() - noted >= minuteMs) {
      noted = now()
      await noteEnvironmentToken(db)
    }
    return environment
  }

  return async (request, client) => {
    const [, given] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    const session = given === undefined ? sessionOf(request.headers.get('cookie')) : undefined
    const hash =
      given !== undefined
        ? await sha256(given)
        : session && (await tokenOfSession(db, await sha256(session)))
    if (hash === undefined) {
      if (own === undefined) return fromHere(request, client)
      return { ok: false, status: 401, detail: 'Send a token: Authorization: Bearer <token>.' }
    }
    const principal = await principalOf(hash)
    return principal === undefined
      ? { ok: false, status: 401, detail: 'The token is unknown, revoked or has expired.' }
      : { ok: true, principal }
  }
}

function scopesOf(stored: readonly string[]): readonly Scope[] {
  return scopeNames.filter((scope) => stored.includes(scope))
}

function fromHere(request: Request, { address }: { readonly address?: string }): Authorization {
  const here =
    (address === undefined || loopback.test(address)) &&
    loopbackName.test(new URL(request.url).hostname)
  return here
    ? { ok: true, principal: thisMachine }
    : {
        ok: false,
        status: 403,
        detail: 'Without a token only this machine is served. Set TOCSIN_TOKEN to let others in.',
      }
}
