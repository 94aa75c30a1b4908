import { z } from 'zod'
import type { Fault } from '../api/problem.ts'
import type { Context, Site } from './context.ts'

const problem = z.object({
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).default([]),
})

/** What the API said no with. */
export interface Refusal {
  readonly status: number
  readonly detail: string
  readonly errors: readonly Fault[]
}

/** What the API answered. */
export type Answer =
  | {
      readonly ok: true
      readonly status: number
      readonly body: unknown
      readonly location: string
    }
  | ({ readonly ok: false } & Refusal)

/** What of a person's request tells who they are, and that it is theirs. */
const identity = ['cookie', 'origin', 'sec-fetch-site', 'authorization'] as const

/** Asks the API for something as the person who looks: no page changes anything in another way. */
export async function ask(
  { api }: Site,
  { req, env }: Context,
  method: string,
  path: string,
  body?: unknown,
  extra: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const headers = new Headers(extra)
  for (const name of identity) {
    const value = req.header(name)
    if (value !== undefined) headers.set(name, value)
  }
  if (body !== undefined) headers.set('content-type', 'application/json')
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const request = new Request(new URL(path, req.url), { method, headers, ...sent })
  const response = await api.fetch(request, env.client)
  const text = await response.text()
  const read: unknown = text === '' ? undefined : JSON.parse(text)
  if (response.ok)
    return {
      ok: true,
      status: response.status,
      body: read,
      location: response.headers.get('location') ?? '',
    }
  const { detail, errors } = problem.parse(read)
  return { ok: false, status: response.status, detail, errors }
}
