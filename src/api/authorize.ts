import { sha256 } from '../rules/digest.ts'
import type { Store } from '../store/database.ts'
import { ensureToken, useToken } from '../store/tokens.ts'

/** Whether a request may be served. */
type Authorization =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 401 | 403; readonly detail: string }

export type Authorize = (
  request: Request,
  client: { readonly address?: string },
) => Promise<Authorization>

const loopback = /^(?:127\.|::1$|::ffff:127\.)/i
const loopbackName = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/i

/**
 * With a token: every request brings one (`Authorization: Bearer ...`). Without: only this machine
 * is served, and only under a loopback name, so that no web page can reach in through a browser.
 */
export async function createAuthorize(store: Store, token: string | undefined): Promise<Authorize> {
  if (token === undefined) return async (request, client) => fromHere(request, client)
  await ensureToken(store, 'TOCSIN_TOKEN', await sha256(token))
  return async (request) => {
    const [, given] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (given === undefined)
      return { ok: false, status: 401, detail: 'Send a token: Authorization: Bearer <token>.' }
    if ((await useToken(store, await sha256(given))) === undefined)
      return { ok: false, status: 401, detail: 'The token is unknown or has expired.' }
    return { ok: true }
  }
}

function fromHere(request: Request, { address }: { readonly address?: string }): Authorization {
  const here =
    (address === undefined || loopback.test(address)) &&
    loopbackName.test(new URL(request.url).hostname)
  return here
    ? { ok: true }
    : {
        ok: false,
        status: 403,
        detail: 'Without a token only this machine is served. Set TOCSIN_TOKEN to let others in.',
      }
}
