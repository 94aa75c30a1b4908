import type { Fetching } from '../api/app.ts'
import type { Client } from '../api/context.ts'
import type { Service } from '../api/service.ts'
import { refuse } from '../rules/refusal.ts'
import { createLive, type Live } from './live.ts'
import type { Gzip } from './pack.ts'
import { createPages } from './pages.ts'

/** The pages and the API behind one address. */
export interface Site extends Fetching {
  /** Ends the streams that keep open pages up to date; they would hold up a stop. */
  close(): void
}

/** What is the API's own, by the first part of its path; everything else is a page. */
const apiPaths = /^\/(?:api|problems|openapi\.json|docs|healthz|readyz|metrics)(?:\/|$)/

/**
 * Puts the pages before the API: they ask it for every change, as the person who is signed in. Without
 * `gzip` pages are sent as they are.
 */
export function createSite(service: Service, api: Fetching, gzip?: Gzip): Site {
  const live: Live = createLive(service)
  const pages = createPages(service, api, live, gzip)
  return {
    async fetch(request: Request, client: Client = {}) {
      // A server hands on whatever `Host` it was sent.
      if (!URL.canParse(request.url)) return refuse(400)
      const { pathname } = new URL(request.url)
      if (apiPaths.test(pathname) || !isBrowsing(request, pathname))
        return api.fetch(request, client)
      return pages.fetch(request, { client })
    },
    close: () => live.close(),
  }
}

/**
 * A path of no page is answered as the API does, unless a person asks; so is the root, where a program
 * says what it is.
 */
function isBrowsing({ headers, method }: Request, pathname: string): boolean {
  const accepted = headers.get('accept') ?? ''
  const shown = method === 'GET' || method === 'HEAD'
  if (pathname === '/' && (!shown || /^application\/json\b/.test(accepted))) return false
  return pagePaths.test(pathname) || accepted.includes('text/html')
}

const pagePaths =
  /^\/(?:assets|choices|webhooks|deliveries|dead-letters|alerts|instances|events|event-types|plugins|settings|sign-in|sign-out|theme|live|favicon\.ico)?(?:\/|$)/
