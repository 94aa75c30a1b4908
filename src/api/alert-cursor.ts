import { z } from '@hono/zod-openapi'
import { storable } from '../rules/text.ts'
import type { Alert, AlertKey } from '../store/alerts.ts'
import { isId } from '../store/ids.ts'
import { parseMoment } from './schemas/moment.ts'

const parts = z.tuple([
  z.int().refine((time) => parseMoment(time) !== undefined),
  z.string().refine(isId),
  storable(z.string()),
  storable(z.string()),
  storable(z.string()),
])

/** Where a page of alerts begins: after this one. */
export function alertCursor({ since, webhookId, instance, eventType, subject }: Alert): string {
  const text = JSON.stringify([since.getTime(), webhookId, instance, eventType, subject])
  return btoa(encodeURIComponent(text))
}

/** Reads a cursor; undefined where it is none. */
export function parseAlertCursor(cursor: string): (AlertKey & { since: Date }) | undefined {
  const read = parts.safeParse(decode(cursor))
  if (!read.success) return undefined
  const [since, webhookId, instance, eventType, subject] = read.data
  return { since: new Date(since), webhookId, instance, eventType, subject }
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(atob(cursor)))
  } catch {
    // Not written here: the caller says so.
    return undefined
  }
}
