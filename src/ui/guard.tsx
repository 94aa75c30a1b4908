import type { MiddlewareHandler } from 'hono'
import { inTime } from '../api/deadline.ts'
import { refuseForeignPage } from '../api/gate.ts'
import { Problem } from '../api/problem.ts'
import type { Service } from '../api/service.ts'
import { covers } from '../rules/scope.ts'
import type { Env } from './context.ts'
import { unstorable } from './form.ts'
import { bare } from './parts/shell.tsx'

const open = /^\/(?:sign-in|sign-out|theme)$/

/** Takes the place of what was last said on the page. */
function SignedOut() {
  return (
    <div id="notice" role="status" hx-swap-oob="true">
      <p class="notice refused">
        Your session has ended.{' '}
        <a href="/sign-in" target="_blank" rel="noopener">
          Sign in again in another tab
        </a>
        , then go on here: nothing you have written is lost.
      </p>
    </div>
  )
}

/** Lets in who may read; sends who has not signed in to where they can. Refuses other sites' forms. */
export function guard({ authorize }: Service): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { req, env } = context
    refuseForeignPage(req.raw)
    if (/%00/.test(req.url)) throw unstorable()
    if (open.test(req.path)) return next()
    const verdict = await inTime(authorize(req.raw, env.client))
    if (!verdict.ok && verdict.status === 403) throw new Problem('forbidden', verdict.detail)
    if (!verdict.ok) {
      const { pathname, search } = new URL(req.url)
      // A link from elsewhere comes without the cookie, which is strict; from here it is sent.
      if (req.header('sec-fetch-site') === 'cross-site' && req.method === 'GET')
        return context.html(
          await bare(context, 'One moment', <p class="card">One moment…</p>, pathname + search),
        )
      const target = `/sign-in?next=${encodeURIComponent(req.method === 'GET' ? pathname + search : pathname)}`
      if (req.header('hx-request') === undefined) return context.redirect(target, 303)
      // Whoever is writing a form keeps what is written.
      if (req.method === 'POST') return context.html(<SignedOut />)
      return context.body(null, 200, { 'HX-Redirect': target })
    }
    const { principal } = verdict
    if (!covers(principal.scopes, 'read'))
      throw new Problem(
        'forbidden',
        `The token "${principal.name}" may not read: sign in with one whose scopes include read.`,
      )
    context.set('principal', principal)
    return next()
  }
}
