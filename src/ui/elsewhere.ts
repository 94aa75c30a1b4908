import type { Pages } from './context.ts'
import { here } from './form.ts'

/**
 * Addresses that show nothing of their own. Forms were sent to some: whoever comes back to one, by a
 * reload, a bookmark or after signing in, finds the page that the form is on.
 */
export function elsewherePages(pages: Pages): void {
  pages.get('/webhooks/:id/:action{test|pause|resume|secret|rotate}', (context) =>
    context.redirect(`/webhooks/${encodeURIComponent(context.req.param('id'))}`, 303),
  )
  pages.get('/webhooks/:id/deliveries', (context) =>
    context.redirect(`/deliveries?webhook=${encodeURIComponent(context.req.param('id'))}`, 303),
  )
  pages.get('/deliveries/:id/retry', (context) =>
    context.redirect(`/deliveries/${encodeURIComponent(context.req.param('id'))}`, 303),
  )
  for (const path of ['/instances', '/theme', '/sign-out'])
    pages.get(path, (context) => context.redirect('/', 303))
  pages.get('/settings/webhooks', (context) => context.redirect('/webhooks', 301))
  pages.get('*', (context, next) => {
    const { pathname, search } = new URL(context.req.url)
    if (!pathname.endsWith('/')) return next()
    return Promise.resolve(context.redirect(here(pathname.replace(/\/+$/, '') + search), 301))
  })
}
