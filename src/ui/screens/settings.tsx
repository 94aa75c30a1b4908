import { z } from 'zod'
import { missing, Problem } from '../../api/problem.ts'
import { presentToken } from '../../api/tokens.ts'
import { covers, type Scope, scopeNames, scopes } from '../../rules/scope.ts'
import { listAudit } from '../../store/audit.ts'
import { isId } from '../../store/ids.ts'
import { findToken, listTokens } from '../../store/tokens.ts'
import { ask, type Refusal } from '../ask.ts'
import type { Context, Pages, Site } from '../context.ts'
import { fields } from '../form.ts'
import { redirectWith } from '../parts/notice.tsx'
import { Heading, Pager } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'
import { AuditTable, NewToken, TokenForm, TokenTable } from '../parts/tokens.tsx'

const perPage = 50
const dayMs = 86_400_000
const made = z.object({ token: z.string() })

/** How the service is set up, its tokens, and who changed what. */
export function settingsPages(pages: Pages, site: Site): void {
  const { service } = site
  const { db } = service.store

  pages.get('/settings', async (context) => {
    const { checks } = await service.ready()
    const facts = {
      Version: service.version,
      Licence: service.tier(),
      'Private targets': service.policy.production
        ? 'refused, but for those in ALLOW_TARGETS'
        : 'allowed, as this is no production',
      'Rate limits':
        service.rateLimits === undefined
          ? 'off'
          : Object.entries(service.rateLimits)
              .map(([name, most]) => `${name} ${most} a minute`)
              .join(', '),
      ...Object.fromEntries(
        Object.entries(checks).map(([name, said]) => [
          name[0]?.toUpperCase() + name.slice(1),
          said,
        ]),
      ),
    }
    return context.html(
      await page(site, context, { title: 'Settings', section: 'settings' }, [
        <Heading title="Settings" lead="Set in the environment of the service." />,
        <section class="card" aria-label="Service">
          <dl class="facts">
            {Object.entries(facts).map(([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </>
            ))}
          </dl>
        </section>,
        <nav class="grid" aria-label="Settings">
          {links.map(([path, title, lead]) => (
            <a class="card" href={path}>
              <strong>{title}</strong>
              <span class="hint block">{lead}</span>
            </a>
          ))}
        </nav>,
      ]),
    )
  })

  const showTokens = async (context: Context, token?: string, refusal?: Refusal) => {
    requireAdmin(context)
    const rows = await listTokens(db, { limit: 200 })
    return page(site, context, { title: 'API tokens', section: 'settings' }, [
      <Heading
        title="API tokens"
        lead="For programs that call the API, and for people to sign in with."
      />,
      token !== undefined && <NewToken token={token} />,
      <TokenTable tokens={rows.map(presentToken)} />,
      <TokenForm refusal={refusal} />,
    ])
  }

  pages.get('/settings/tokens', async (context) => context.html(await showTokens(context)))

  pages.post('/settings/tokens', async (context) => {
    const form = await fields(context)
    const days = Number(form.text('days') || 0)
    const answer = await ask(site, context, 'POST', '/api/tokens', {
      name: form.text('name'),
      scopes: form.all('scopes'),
      ...(days > 0 && { expiresAt: Date.now() + days * dayMs }),
    })
    if (!answer.ok) return context.html(await showTokens(context, undefined, answer), 422)
    return context.html(await showTokens(context, made.parse(answer.body).token))
  })

  pages.get('/settings/tokens/:id/revoke', async (context) => {
    requireAdmin(context)
    const token = await findToken(db, context.req.param('id'))
    if (token === undefined) throw missing('token')
    return context.html(
      await page(site, context, { title: `Revoke ${token.name}`, section: 'settings' }, [
        <Heading title={`Revoke ${token.name}?`} />,
        <form method="post" class="card stack">
          <p>Whoever uses it is refused from then on, and signed out here.</p>
          <p class="actions">
            <button class="button danger" type="submit">
              Revoke
            </button>
            <a class="button" href="/settings/tokens">
              Keep it
            </a>
          </p>
        </form>,
      ]),
    )
  })
  pages.post('/settings/tokens/:id/revoke', async (context) => {
    const id = encodeURIComponent(context.req.param('id'))
    const answer = await ask(site, context, 'DELETE', `/api/tokens/${id}`)
    const text = answer.ok ? 'It is revoked.' : answer.detail
    return redirectWith(context, '/settings/tokens', { kind: answer.ok ? 'done' : 'refused', text })
  })

  pages.get('/settings/audit', async (context) => {
    requireAdmin(context)
    const before = context.req.query('before') ?? ''
    const cursor = isId(before) ? before : undefined
    const found = await listAudit(db, {}, { limit: perPage + 1, before: cursor })
    const shown = found.slice(0, perPage)
    return context.html(
      await page(site, context, { title: 'Audit log', section: 'settings' }, [
        <Heading title="Audit log" lead="Who changed what, and when. Kept for a year." />,
        <AuditTable entries={shown} />,
        <Pager
          first={cursor === undefined ? undefined : '/settings/audit'}
          next={
            found.length > perPage ? `/settings/audit?before=${shown.at(-1)?.id ?? ''}` : undefined
          }
        />,
      ]),
    )
  })
}

const links = [
  ['/webhooks', 'Webhooks', 'The endpoints that are called.'],
  ['/settings/tokens', 'API tokens', 'Created, listed and revoked.'],
  ['/settings/audit', 'Audit log', 'Who changed what, and when.'],
  ['/plugins', 'Plugins', 'What observes, and what it needs.'],
  ['/openapi.json', 'API', 'The OpenAPI document.'],
] as const

function requireAdmin({ var: { principal } }: Context): void {
  const needed: Scope = 'admin'
  if (!covers(principal?.scopes ?? [], needed))
    throw new Problem(
      'forbidden',
      `This needs a token with the scope "${needed}": ${scopes[needed]} Yours has ${scopeNames.filter((it) => principal?.scopes.includes(it)).join(', ')}.`,
    )
}
