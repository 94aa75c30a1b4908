import { requireWebhook } from '../../api/require-webhook.ts'
import { type Progress, replayProgress, retryProgress } from '../../store/progress.ts'
import type { Pages, Site } from '../context.ts'
import { Heading, LivePart } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'
import { Time } from '../parts/time.tsx'
import { retriedFields, retriedOf } from '../retried.ts'

/** Something long that was begun: all that its page needs to know is in the URL. */
interface Begun {
  readonly kind: 'retry' | 'replay'
  /** Epoch milliseconds. */
  readonly since: number
  /** How many there were to be. */
  readonly of: number
  /** Which of them; see `retriedOf`. */
  readonly which?: Readonly<Record<string, string>>
}

export function progressPath(webhookId: string, { kind, since, of, which }: Begun): string {
  const { webhook: _, ...rest } = which ?? {}
  const query = new URLSearchParams({ kind, since: String(since), of: String(of), ...rest })
  return `/webhooks/${encodeURIComponent(webhookId)}/progress?${query}`
}

/** How far a retry or a replay in bulk has come; kept up to date with a script and without one. */
export function progressPages(pages: Pages, site: Site): void {
  const { store } = site.service
  pages.get('/webhooks/:id/progress', async (context) => {
    const webhook = await requireWebhook(store, context.req.param('id'))
    const begun = begunOf((name) => context.req.query(name))
    const since = new Date(begun.since)
    const counts = await (begun.kind === 'replay'
      ? replayProgress(store, webhook.id, since)
      : retryProgress(
          store,
          webhook.id,
          since,
          retriedOf((name) => begun.which?.[name]),
        ))
    const { queued, delivered, isOver } = reached(begun, counts)
    const title = `${begun.kind === 'retry' ? 'Retrying' : 'Replaying'} to ${webhook.name}`
    return context.html(
      await page(site, context, { title, section: 'dead-letters', follows: !isOver }, [
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
                  ? counts.givenUp === 0
                    ? 'All of it has arrived.'
                    : 'It is over.'
                  : `${delivered + counts.givenUp} of ${begun.of} have ended.`}
              </strong>
            </p>
            <progress
              max={Math.max(begun.of, 1)}
              value={isOver ? Math.max(begun.of, 1) : delivered + counts.givenUp}
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
              <dd>{counts.waiting}</dd>
              <dt>Given up again</dt>
              <dd>{counts.givenUp}</dd>
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
      ]),
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
    since: number('since'),
    of: number('of'),
    which: Object.fromEntries(
      retriedFields.flatMap((name) => {
        const value = given(name)
        return value === undefined ? [] : [[name, value]]
      }),
    ),
  }
}

function reached({ kind, of }: Begun, { left, waiting, givenUp }: Progress) {
  const queued = kind === 'retry' ? Math.max(0, of - left) : of
  const delivered = Math.max(0, queued - waiting - givenUp)
  return { queued, delivered, isOver: waiting === 0 && delivered + givenUp >= of }
}
