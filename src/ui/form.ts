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

/** Reads a form's fields, or a query's. */
export async function fields({ req }: Context): Promise<Fields> {
  const isForm = req.method === 'POST' && req.header('content-type') !== undefined
  const sent: FormData | URLSearchParams = isForm
    ? await req.formData()
    : new URL(req.url).searchParams
  const all = (name: string) =>
    sent.getAll(name).flatMap((value) => (typeof value === 'string' ? [value] : []))
  return {
    all,
    text: (name) => all(name)[0] ?? '',
    has: (name) => sent.has(name),
    names: () => [...new Set(sent.keys())],
  }
}

/** A path on this site to go on to; never another site. */
export function here(next: string): string {
  const base = 'http://here.invalid'
  const url = URL.canParse(next, base) ? new URL(next, base) : undefined
  return url?.origin === base ? url.pathname.replace(/^\/+/, '/') + url.search : '/'
}
