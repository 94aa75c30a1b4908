import { z } from 'zod'
import { requireWebhook } from '../../api/require-webhook.ts'
import type { Webhook } from '../../store/webhooks.ts'
import { ask } from '../ask.ts'
import type { Context, Pages, Site } from '../context.ts'
import { fields } from '../form.ts'
import { EventTypeChoice, Filters } from '../parts/filters.tsx'
import { redirectWith } from '../parts/notice.tsx'
import { Heading } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'
import { SinceChoice, sinceOf } from '../parts/since.tsx'
import { soon } from '../soon.ts'
import { progressPath } from './progress.tsx'

const counted = z.object({ count: z.number() })

/** Sending a webhook what happened once more, after a look at how much that is. */
export function replayPages(pages: Pages, site: Site): void {
  const { store, catalog } = site.service

  pages.get('/webhooks/:id/replay', async (context) => {
    const webhook = await requireWebhook(store, context.req.param('id'))
    const { time = '', event = '' } = context.req.query()
    const since = sinceOf(time)
    const answer =
      since === undefined ? undefined : await replay(context, webhook, { since, event })
    const refused = answer === undefined || answer.ok ? undefined : answer.detail
    const count = answer?.ok ? counted.parse(answer.body).count : undefined
    return context.html(
      await page(site, context, { title: `Replay to ${webhook.name}`, section: 'webhooks' }, [
        <Heading
          title={`Replay to ${webhook.name}`}
          lead="Sends it events of the past once more, oldest first and under the ids they had, so that receivers know them."
        />,
        <Filters
          action={`/webhooks/${webhook.id}/replay`}
          label="Which events"
          submit={
            <button class="button" type="submit">
              Count
            </button>
          }
        >
          <SinceChoice label="Happened in" value={time} none="Choose" required />
          <EventTypeChoice catalog={catalog} value={event} />
        </Filters>,
        refused !== undefined && (
          <p class="notice refused" role="alert">
            {refused}
          </p>
        ),
        count !== undefined && since !== undefined && (
          <form method="post" class="card stack">
            <p role="status">
              {count === 0
                ? 'There is nothing to send again: nothing happened then that it hears of, or it is still owed.'
                : `${count} ${count === 1 ? 'event' : 'events'} would be sent again. Nothing has happened yet.`}
            </p>
            <input type="hidden" name="since" value={String(since)} />
            <input type="hidden" name="event" value={event} />
            <input type="hidden" name="of" value={String(count)} />
            <p class="actions">
              {count > 0 && (
                <button class="button primary" type="submit">
                  Send {count} again
                </button>
              )}
              <a class="button" href={`/webhooks/${webhook.id}`}>
                Cancel
              </a>
            </p>
          </form>
        ),
      ]),
    )
  })

  pages.post('/webhooks/:id/replay', async (context) => {
    const webhook = await requireWebhook(store, context.req.param('id'))
    const form = await fields(context)
    const which = { since: Number(form.text('since')), event: form.text('event') }
    const begun = { kind: 'replay', by: crypto.randomUUID(), since: Date.now() } as const
    const answer = await soon(replay(context, webhook, which, begun.by))
    if (answer !== undefined && !answer.ok)
      return redirectWith(context, `/webhooks/${webhook.id}/replay`, {
        kind: 'refused',
        text: answer.detail,
      })
    const of = answer === undefined ? Number(form.text('of')) : counted.parse(answer.body).count
    return context.redirect(progressPath(webhook.id, { ...begun, of }), 303)
  })

  /** Only counts them where no request is named that they are to be known by. */
  function replay(
    context: Context,
    { id }: Webhook,
    { since, event }: { readonly since: number; readonly event: string },
    by?: string,
  ) {
    const body = { since, ...(event !== '' && { events: [event] }), dryRun: by === undefined }
    const extra = by === undefined ? {} : { 'X-Request-Id': by }
    return ask(site, context, 'POST', `/api/webhooks/${id}/replay`, body, extra)
  }
}
