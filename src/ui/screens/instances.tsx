import { presentInstance } from '../../api/presenters/instance.ts'
import { missing } from '../../api/problem.ts'
import { findInstance } from '../../store/instances.ts'
import { ask } from '../ask.ts'
import type { Context, Pages, Site } from '../context.ts'
import { type Fields, fields } from '../form.ts'
import { type Draft, InstanceForm, type Said } from '../parts/instance-form.tsx'
import { redirectWith } from '../parts/notice.tsx'
import { Heading } from '../parts/pieces.tsx'
import { page } from '../parts/shell.tsx'

const nothing: Draft = { name: '', url: '', labels: '', pollIntervalMs: '', enabled: true }

/** Putting an instance under watch, changing that, and ending it. */
export function instanceFormPages(pages: Pages, site: Site): void {
  const { service } = site
  const show = (context: Context, draft: Draft, id: string | undefined, said?: Said) =>
    page(
      site,
      context,
      {
        title: id === undefined ? 'Watch an instance' : `Edit ${draft.name}`,
        section: 'overview',
      },
      <InstanceForm draft={draft} id={id} said={said} />,
    )

  pages.get('/instances/new', async (context) =>
    context.html(await show(context, nothing, undefined)),
  )
  pages.get('/instances/:id/edit', async (context) => {
    const row = await findInstance(service.store, context.req.param('id'))
    if (row === undefined) throw missing('instance')
    const shown = await presentInstance(service, row)
    return context.html(await show(context, draftOf(shown), row.id))
  })

  pages.post('/instances/:id{new|[0-9a-f-]{36}}', async (context) => {
    const asked = context.req.param('id')
    const id = asked === 'new' ? undefined : asked
    const form = await fields(context)
    const draft = draftFrom(form)
    if (form.text('action') === 'test') {
      const answer = await ask(site, context, 'POST', '/api/instances/test', { url: draft.url })
      const said = answer.ok ? { probe: answer.body } : { refusal: answer }
      return context.html(await show(context, draft, id, said), answer.ok ? 200 : 422)
    }
    const path = id === undefined ? '/api/instances' : `/api/instances/${id}`
    const method = id === undefined ? 'POST' : 'PATCH'
    const answer = await ask(site, context, method, path, bodyOf(draft))
    if (!answer.ok) return context.html(await show(context, draft, id, { refusal: answer }), 422)
    const where = id ?? answer.location.split('/').at(-1) ?? ''
    const text = id === undefined ? 'It is under watch now.' : 'Changed.'
    return redirectWith(context, `/instances/${where}`, { kind: 'done', text })
  })

  pages.get('/instances/:id/delete', async (context) => {
    const row = await findInstance(service.store, context.req.param('id'))
    if (row === undefined) throw missing('instance')
    return context.html(
      await page(site, context, { title: `Stop watching ${row.name}`, section: 'overview' }, [
        <Heading title={`Stop watching ${row.name}?`} />,
        <form method="post" class="card stack">
          <p>Its events stay; what plugins have learned of it, and its alerts, go.</p>
          <p class="actions">
            <button class="button danger" type="submit">
              Stop watching
            </button>
            <a class="button" href={`/instances/${row.id}`}>
              Keep it
            </a>
          </p>
        </form>,
      ]),
    )
  })
  pages.post('/instances/:id/delete', async (context) => {
    const id = encodeURIComponent(context.req.param('id'))
    const answer = await ask(site, context, 'DELETE', `/api/instances/${id}`)
    return answer.ok
      ? redirectWith(context, '/', { kind: 'done', text: 'It is not watched any more.' })
      : redirectWith(context, `/instances/${id}`, { kind: 'refused', text: answer.detail })
  })
}

function draftFrom(form: Fields): Draft {
  const { text } = form
  return {
    name: text('name'),
    url: text('url'),
    labels: text('labels'),
    pollIntervalMs: text('pollIntervalMs'),
    enabled: form.has('enabled'),
  }
}

function draftOf(shown: Awaited<ReturnType<typeof presentInstance>>): Draft {
  return {
    name: shown.name,
    url: shown.url,
    labels: Object.entries(shown.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    pollIntervalMs: shown.pollIntervalMs === null ? '' : String(shown.pollIntervalMs / 1000),
    enabled: shown.enabled,
  }
}

/** As the API wants it. */
function bodyOf({ name, url, labels, pollIntervalMs, enabled }: Draft) {
  const pairs = labels.split('\n').flatMap((line) => {
    const [key = '', ...value] = line.split('=')
    return key.trim() === '' ? [] : [[key.trim(), value.join('=').trim()] as const]
  })
  return {
    ...(name.trim() !== '' && { name }),
    url,
    labels: Object.fromEntries(pairs),
    enabled,
    pollIntervalMs: pollIntervalMs === '' ? null : Number(pollIntervalMs) * 1000,
  }
}
