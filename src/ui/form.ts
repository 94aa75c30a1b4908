import { Problem } from '../api/problem.ts'
import type { Context } from './context.ts'

/** What a form sent. */
export interface Fields {
  /** A field's text, empty where it was not sent. */
  text(name: string): string
  /** Every value of fields of one name. */
  all(name: string): readonly string[]
  has(name: string): boolean
  /** The names of all fields that were sent, each once. */
  names(): readonly string[]
}

/** Reads a form's fields, or a query's. Refuses what is no form, and what no database stores. */
export async function fields({ req }: Context): Promise<Fields> {
  const isForm = req.method === 'POST' && req.header('content-type') !== undefined
  const sent: FormData | URLSearchParams = isForm
    ? await req.formData().catch(() => {
        throw new Problem('unsupported-media-type', 'The form could not be read.')
      })
    : new URL(req.url).searchParams
  if ([...sent.values()].some((value) => String(value).includes('\0'))) throw unstorable()
  const all = (name: string) =>
    sent.getAll(name).flatMap((value) => (typeof value === 'string' ? [value] : []))
  return {
    all,
    text: (name) => all(name)[0] ?? '',
    has: (name) => sent.has(name),
    names: () => [...new Set(sent.keys())],
  }
}

/** Text with a NUL in it. */
export function unstorable(): Problem {
  return new Problem('validation', 'The address or the form holds a character that no text has.')
}

/** A path on this site to go on to; never another site. */
export function here(next: string): string {
  const base = 'http://here.invalid'
  const url = URL.canParse(next, base) ? new URL(next, base) : undefined
  return url?.origin === base ? url.pathname.replace(/^\/+/, '/') + url.search : '/'
}
