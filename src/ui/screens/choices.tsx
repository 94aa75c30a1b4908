import { html } from 'hono/html'
import { choices, meantBy } from '../../store/named.ts'
import type { Pages, Site } from '../context.ts'
import type { Meant } from '../parts/lookup.tsx'

/** What a field that looks things up suggests while it is written. */
export function choicePages(pages: Pages, { service: { store } }: Site): void {
  pages.get('/choices/:kind{webhooks|instances}', async (context) => {
    const [, text = ''] = [...new URL(context.req.url).searchParams].at(-1) ?? []
    const kind = context.req.param('kind') === 'webhooks' ? 'webhooks' : 'instances'
    const found = await choices(store, kind, text.slice(0, 255))
    return context.html(
      html`${found.map(({ name, place }) => <option value={name}>{place}</option>)}`,
    )
  })
}

/** What a URL says of webhooks and instances; undefined where it names none. */
export async function meant(
  { service: { store } }: Site,
  kind: 'webhooks' | 'instances',
  given: string,
): Promise<Meant | undefined> {
  const text = given.trim().slice(0, 255)
  if (text === '') return undefined
  const found = await meantBy(store, kind, text)
  const [only] = found
  const isOne = found.length === 1 && only !== undefined
  return { text: isOne ? only.name : text, ids: found.map(({ id }) => id) }
}
