import { requireWebhook } from '../../api/require-webhook.ts'
import { progressOf } from '../../store/progress.ts'
import type { Pages, Site } from '../context.ts'
import { Heading, LivePart } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'
import { Time } from '../parts/time.tsx'

/** Something long that was begun: all that its page needs to know is in the URL. */
interface Begun {
  readonly kind: 'retry' | 'replay'
  /** The request that queues them. */
  readonly by: string
  /** Epoch milliseconds. */
  readonly since: number
  /** How many there were to be. */
  readonly of: number
}

export function progressPath(webhookId: string, { kind, by, since, of }: Begun): string {
  const query = new URLSearchParams({ kind, by, since: String(since), of: String(of) })
  return `/webhooks/${encodeURIComponent(webhookId)}/progress?${query}`
}

/** After this long what was counted and has not been queued is queued no more: others had it first. */
const queuedWithinMs = 60_000

/** How far a retry or a replay in bulk has come; kept up to date with a script and without one. */
export function progressPages(pages: Pages, site: Site): void {
  const { store } = site.service
  pages.get('/webhooks/:id/progress', async (context) => {
    const webhook = await requireWebhook(store, context.req.param('id'))
    const begun = begunOf((name) => context.req.query(name))
    const { queued, waiting, givenUp } = await progressOf(store, webhook.id, begun.by)
    const delivered = queued - waiting - givenUp
    const late = Date.now() - begun.since > queuedWithinMs
    const isOver = waiting === 0 && (queued >= begun.of || late)
    const title = `${begun.kind === 'retry' ? 'Retrying' : 'Replaying'} to ${webhook.name}`
    return context.html(
      await page(
        site,
        context,
        { title, section: begun.kind === 'retry' ? 'dead-letters' : 'webhooks', follows: !isOver },
        [
          <Heading
            title={title}
            lead={
              <>
                Begun <Time at={begun.since} />. It goes on without this page.
              </>
            }
          />,
          <LivePart path={progressPath(webhook.id, begun)}>
            <section class="card stack" aria-label="Progress">
              <p role="status">
                <strong>
                  {isOver
                    ? givenUp === 0 && queued >= begun.of
                      ? 'All of it has arrived.'
                      : 'It is over.'
                    : `${delivered + givenUp} of ${begun.of} have ended.`}
                </strong>
              </p>
              <progress
                max={Math.max(begun.of, 1)}
                value={isOver ? Math.max(begun.of, 1) : delivered + givenUp}
                aria-label="Deliveries that have ended"
              />
              <dl class="facts">
                <dt>Queued</dt>
                <dd>
                  {queued} of {begun.of}
                </dd>
                <dt>Delivered</dt>
                <dd>{delivered}</dd>
                <dt>Waiting</dt>
                <dd>{waiting}</dd>
                <dt>Given up again</dt>
                <dd>{givenUp}</dd>
              </dl>
            </section>
            <p class="actions">
              <a class="button" href={`/deliveries?webhook=${webhook.id}`}>
                Its deliveries
              </a>
              <a class="button" href={`/dead-letters?webhook=${webhook.id}`}>
                Its dead letters
              </a>
            </p>
          </LivePart>,
        ],
      ),
    )
  })
}

function begunOf(given: (name: string) => string | undefined): Begun {
  const number = (name: string) => {
    const value = Number(given(name))
    return Number.isSafeInteger(value) && value >= 0 && value < 8e15 ? value : 0
  }
  return {
    kind: given('kind') === 'replay' ? 'replay' : 'retry',
    by: (given('by') ?? '').slice(0, 255),
    since: number('since'),
    of: number('of'),
  }
}
