import { z } from 'zod'
import { type DeadLetterGroup, deadLetterGroups, mostGrouped } from '../../store/dead-letters.ts'
import { ask } from '../ask.ts'
import type { Context, Pages, Site } from '../context.ts'
import { fields } from '../form.ts'
import { hintFor } from '../hints.ts'
import { redirectWith } from '../parts/notice.tsx'
import { Empty, Heading, LivePart, Table } from '../parts/pieces.tsx'
import { Pill, StatusPill } from '../parts/pill.tsx'
import { page } from '../parts/shell.tsx'
import { Time } from '../parts/time.tsx'

const counted = z.object({ count: z.number() })

/** What a dry run came to, to be confirmed. */
interface Planned {
  readonly webhook: string
  readonly status: string
  readonly count: number
}

/** What was given up, by webhook and reason, to be tried again in bulk. */
export function deadLetterPages(pages: Pages, site: Site): void {
  const { store } = site.service

  const show = async (context: Context, planned?: Planned) => {
    const only = context.req.query('webhook') || undefined
    const groups = await deadLetterGroups(store, only)
    const all = groups.reduce((sum, { count }) => sum + count, 0)
    const byWebhook = new Map<string, DeadLetterGroup[]>()
    for (const group of groups) {
      const known = byWebhook.get(group.webhookId)
      if (known === undefined) byWebhook.set(group.webhookId, [group])
      else known.push(group)
    }
    return page(site, context, { title: 'Dead letters', section: 'dead-letters' }, [
      <Heading
        title="Dead letters"
        lead={
          all >= mostGrouped
            ? `The newest ${mostGrouped} deliveries that were given up, by webhook and reason.`
            : 'Deliveries that were given up, by webhook and reason.'
        }
      />,
      planned !== undefined && <Confirm planned={planned} />,
      <LivePart path={`/dead-letters${only === undefined ? '' : `?webhook=${only}`}`}>
        {groups.length === 0 ? (
          <Empty title="Nothing was given up">
            <p class="muted">
              A delivery ends here when its retries are spent, or when retrying cannot help.
            </p>
            <p>
              <a href="/deliveries">All deliveries</a>
            </p>
          </Empty>
        ) : (
          [...byWebhook.values()].map((own) => <Group groups={own} />)
        )}
      </LivePart>,
    ])
  }

  pages.get('/dead-letters', async (context) => context.html(await show(context)))

  pages.post('/dead-letters/retry', async (context) => {
    const form = await fields(context)
    const [webhook, status] = [form.text('webhook'), form.text('status')]
    const dryRun = form.text('action') !== 'retry'
    const answer = await ask(
      site,
      context,
      'POST',
      `/api/webhooks/${encodeURIComponent(webhook)}/retry`,
      { ...(status !== '' && { status }), dryRun },
    )
    if (!answer.ok)
      return redirectWith(context, '/dead-letters', { kind: 'refused', text: answer.detail })
    const { count } = counted.parse(answer.body)
    if (dryRun) return context.html(await show(context, { webhook, status, count }))
    const text = `${count} ${count === 1 ? 'delivery is' : 'deliveries are'} queued again; how they fare is on the page of deliveries.`
    return redirectWith(context, '/dead-letters', { kind: 'done', text })
  })
}

function Confirm({ planned: { webhook, status, count } }: { planned: Planned }) {
  return (
    <form method="post" action="/dead-letters/retry" class="notice caution stack">
      <p role="status">
        {count} {count === 1 ? 'delivery' : 'deliveries'} would be queued again, each with a fresh
        budget of retries. Nothing has happened yet.
      </p>
      <input type="hidden" name="webhook" value={webhook} />
      <input type="hidden" name="status" value={status} />
      <p class="actions">
        <button class="button primary" type="submit" name="action" value="retry">
          Retry {count}
        </button>
        <a class="button" href="/dead-letters">
          Leave them
        </a>
      </p>
    </form>
  )
}

function Group({ groups }: { groups: readonly DeadLetterGroup[] }) {
  const [first] = groups
  if (first === undefined) return null
  const { webhookId, webhook, enabled } = first
  const all = groups.reduce((sum, { count }) => sum + count, 0)
  return (
    <section class="flow" aria-labelledby={`of-${webhookId}`}>
      <div class="heading">
        <h2 id={`of-${webhookId}`}>
          <a href={`/webhooks/${webhookId}`}>{webhook}</a> <span class="muted">{all}</span>{' '}
          {!enabled && <Pill tone="off">Paused</Pill>}
        </h2>
        <form method="post" action="/dead-letters/retry" class="row">
          <input type="hidden" name="webhook" value={webhookId} />
          <label class="visually-hidden" for={`status-${webhookId}`}>
            Which of them
          </label>
          <select id={`status-${webhookId}`} name="status" class="button compact">
            <option value="">all</option>
            <option value="dead_letter">dead letters</option>
            <option value="failed">failed</option>
          </select>
          <button class="button compact" type="submit" name="action" value="count">
            Retry…
          </button>
        </form>
      </div>
      <Table
        label={`Given up of ${webhook}`}
        columns={['Reason', 'Ended as', 'How many', 'First', 'Last']}
      >
        {groups.map((group) => (
          <tr>
            <td>
              <a href={`/deliveries/${group.newest}`}>{titleOf(group)}</a>
              <span class="hint block">{group.error}</span>
            </td>
            <td>
              <StatusPill status={group.status} />
            </td>
            <td class="number">{group.count}</td>
            <td class="nowrap">
              <Time at={group.first} />
            </td>
            <td class="nowrap">
              <Time at={group.last} />
            </td>
          </tr>
        ))}
      </Table>
    </section>
  )
}

function titleOf({ statusCode }: DeadLetterGroup): string {
  if (statusCode === null) return 'No answer'
  return `${statusCode}: ${hintFor('status', statusCode)?.title ?? 'not accepted'}`
}
