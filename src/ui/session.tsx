import { tooMany } from '../api/rate-limit.ts'
import { sha256 } from '../rules/digest.ts'
import { clientOf, createRateLimiter } from '../rules/rate-limit.ts'
import { sessionCookie, sessionMs, sessionOf } from '../rules/session.ts'
import { recordAudit } from '../store/audit.ts'
import { beginSession, endSession } from '../store/sessions.ts'
import type { Context, Pages, Site } from './context.ts'
import { fields, here } from './form.ts'
import { bare } from './parts/shell.tsx'

/** Tokens that are none, a minute and client: whoever tries them has no token. */
const mostMistaken = 10

/** Signing in with a token, and out. The cookie is not the token: it ends with it, or by itself. */
export function sessionPages(pages: Pages, { service }: Site): void {
  const { store, authorize, log } = service
  const take = createRateLimiter({ 'sign-in': mostMistaken })

  /** Who signed in, or was refused for the time being, goes on record as changes do. */
  async function record(context: Context, action: string, actor: string, tokenId: string | null) {
    const { requestId } = context.var
    const entry = { actor, tokenId, action, target: null, fields: [], requestId }
    await recordAudit(store.db, entry).catch((error: unknown) =>
      log.error('{action} by {actor} was not put on record: {error}', { ...entry, error }),
    )
  }

  pages.get('/sign-in', async (context) =>
    context.html(await signIn(context, context.req.query('next') ?? '/')),
  )

  pages.post('/sign-in', async (context) => {
    const client = clientOf(context.env.client.address ?? 'unknown')
    const counted = take('sign-in', client)
    if (!counted.allowed) throw tooMany('sign-in', counted)
    const form = await fields(context)
    const token = form.text('token').trim()
    const headers = { Authorization: `Bearer ${token}` }
    const verdict = /^\S+$/.test(token)
      ? await authorize(new Request(context.req.url, { headers }), context.env.client)
      : ({ ok: false } as const)
    if (!verdict.ok && counted.remaining === 0) await record(context, 'signInRefused', client, null)
    if (!verdict.ok)
      return context.html(
        await signIn(context, form.text('next'), 'That token is unknown, revoked or has expired.'),
        401,
      )
    take('sign-in', client, -1)
    const session = crypto.randomUUID() + crypto.randomUUID()
    await beginSession(store.db, {
      hash: await sha256(session),
      tokenHash: await sha256(token),
      lastsMs: sessionMs,
    })
    await record(context, 'signIn', verdict.principal.name, verdict.principal.tokenId)
    context.header('Set-Cookie', sessionCookie(session, isSecure(context)))
    return context.redirect(here(form.text('next')), 303)
  })

  pages.post('/sign-out', async (context) => {
    const session = sessionOf(context.req.header('cookie') ?? null)
    if (session !== undefined) await endSession(store.db, await sha256(session))
    context.header('Set-Cookie', sessionCookie('', isSecure(context)))
    return context.redirect('/sign-in', 303)
  })
}

/** A proxy in front of us may have ended TLS. */
function isSecure({ req }: Context): boolean {
  return req.url.startsWith('https:') || req.header('x-forwarded-proto') === 'https'
}

function signIn(context: Context, next: string, fault = '') {
  return bare(
    context,
    'Sign in',
    <form method="post" action="/sign-in" class="card sign-in stack">
      <h1>Sign in</h1>
      <p class="muted">
        Use an API token: the one in <code>TOCSIN_TOKEN</code>, or one made under Settings or with{' '}
        <code>tocsin token create</code>.
      </p>
      <input type="hidden" name="next" value={here(next)} />
      <div class="field">
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          required
          autofocus
          autocomplete="current-password"
          aria-invalid={fault === '' ? undefined : 'true'}
          aria-describedby={fault === '' ? undefined : 'token-fault'}
        />
        {fault !== '' && (
          <p id="token-fault" class="fault" role="alert">
            {fault}
          </p>
        )}
      </div>
      <button type="submit" class="button primary">
        Sign in
      </button>
    </form>,
  )
}
