import { z } from 'zod'
import { type DeadLetterGroup, deadLetterGroups, mostGrouped } from '../../store/dead-letters.ts'
import { namesOf } from '../../store/webhook-names.ts'
import { ask } from '../ask.ts'
import type { Context, Pages, Site } from '../context.ts'
import { fields } from '../form.ts'
import { DeadLetterGroups } from '../parts/dead-letter-groups.tsx'
import { Filters } from '../parts/filters.tsx'
import { Lookup } from '../parts/lookup.tsx'
import { redirectWith } from '../parts/notice.tsx'
import { Empty, Heading, LivePart, Pager } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'
import { retriedFields, retriedOf } from '../retried.ts'
import { soon } from '../soon.ts'
import { meant } from './choices.tsx'
import { progressPath } from './progress.tsx'

const perPage = 25
const counted = z.object({ count: z.number() })

/** What was given up, by webhook and reason, to be tried again in bulk. */
export function deadLetterPages(pages: Pages, site: Site): void {
  const { store } = site.service

  pages.get('/dead-letters', async (context) => {
    const only = context.req.query('webhook') ?? ''
    const number = Math.max(1, Math.trunc(Number(context.req.query('page'))) || 1)
    const of = await meant(site, 'webhooks', only)
    const found = await deadLetterGroups(store, {
      webhooks: of?.ids,
      limit: perPage + 1,
      offset: (number - 1) * perPage,
    })
    const groups = found.slice(0, perPage)
    const path = (to: number) =>
      `/dead-letters?${new URLSearchParams({ webhook: only, page: String(to) })}`
    return context.html(
      await page(site, context, { title: 'Dead letters', section: 'dead-letters' }, [
        <Heading
          title="Dead letters"
          lead={`Deliveries that were given up, by webhook and reason: the newest ${mostGrouped.toLocaleString('en')}.`}
        />,
        <Filters action="/dead-letters" label="Which dead letters">
          <Lookup kind="webhooks" name="webhook" label="Webhook" value={of?.text} />
        </Filters>,
        <LivePart path={path(number)}>
          {groups.length === 0 ? (
            <Nothing filtered={only !== '' || number > 1} />
          ) : (
            [...byWebhook(groups).values()].map((own) => <DeadLetterGroups groups={own} />)
          )}
          <Pager
            first={number > 1 ? path(1) : undefined}
            next={found.length > perPage ? path(number + 1) : undefined}
            names={['Most', 'Fewer']}
          />
        </LivePart>,
      ]),
    )
  })

  pages.get('/dead-letters/retry', async (context) => {
    const text = (name: string) => context.req.query(name)
    const answer = await retry(context, text)
    if (!answer.ok)
      return redirectWith(context, '/dead-letters', { kind: 'refused', text: answer.detail })
    const { count } = counted.parse(answer.body)
    const webhook = text('webhook') ?? ''
    const name = (await namesOf(store, [webhook])).get(webhook)?.name ?? webhook
    const title = `Retry ${count} ${count === 1 ? 'delivery' : 'deliveries'}?`
    return context.html(
      await page(site, context, { title, section: 'dead-letters' }, [
        <Heading title={title} lead={`Dead letters of ${name}${reasonOf(text)}.`} />,
        <form method="post" action="/dead-letters/retry" class="card stack">
          <p role="status">
            {count === 0
              ? 'None of them is left: somebody was faster, or they are older than what is kept.'
              : 'Each is queued again with a fresh budget of retries. Nothing has happened yet.'}
          </p>
          {retriedFields.map((one) => {
            const value = text(one)
            return value === undefined ? null : <input type="hidden" name={one} value={value} />
          })}
          <input type="hidden" name="of" value={String(count)} />
          <p class="actions">
            {count > 0 && (
              <button class="button primary" type="submit">
                Retry {count}
              </button>
            )}
            <a class="button" href="/dead-letters">
              Cancel
            </a>
          </p>
        </form>,
      ]),
    )
  })

  pages.post('/dead-letters/retry', async (context) => {
    const form = await fields(context)
    const text = (name: string) => (form.has(name) ? form.text(name) : undefined)
    const [since, by] = [Date.now(), crypto.randomUUID()]
    // A hundred thousand take a while: the page that follows shows how far it is.
    const answer = await soon(retry(context, text, by))
    if (answer !== undefined && !answer.ok)
      return redirectWith(context, '/dead-letters', { kind: 'refused', text: answer.detail })
    const of = answer === undefined ? Number(form.text('of')) : counted.parse(answer.body).count
    const begun = { kind: 'retry', by, since, of } as const
    return context.redirect(progressPath(form.text('webhook'), begun), 303)
  })

  /** Only counts them where no request is named that they are to be known by. */
  function retry(context: Context, text: (name: string) => string | undefined, by?: string) {
    return ask(
      site,
      context,
      'POST',
      `/api/webhooks/${encodeURIComponent(text('webhook') ?? '')}/retry`,
      { ...retriedOf(text), dryRun: by === undefined },
      by === undefined ? {} : { 'X-Request-Id': by },
    )
  }
}

function reasonOf(text: (name: string) => string | undefined): string {
  const [code, error] = [text('code'), text('error')]
  if (code === undefined && error === undefined) return ', whatever the reason'
  return `: ${[code || 'no answer', error].filter(Boolean).join(', ')}`
}

function byWebhook(groups: readonly DeadLetterGroup[]): Map<string, DeadLetterGroup[]> {
  const all = new Map<string, DeadLetterGroup[]>()
  for (const group of groups) {
    const known = all.get(group.webhookId)
    if (known === undefined) all.set(group.webhookId, [group])
    else known.push(group)
  }
  return all
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <Empty title={filtered ? 'No dead letter matches' : 'No dead letters'}>
      <p class="muted">
        A delivery ends here when its retries are spent, or when retrying cannot help.
      </p>
      <p>
        <a href={filtered ? '/dead-letters' : '/deliveries'}>
          {filtered ? 'All dead letters' : 'All deliveries'}
        </a>
      </p>
    </Empty>
  )
}
