import { createApi } from '../api/app.ts'
import type { Client } from '../api/context.ts'
import { lastingService } from '../api/lasting-service.ts'
import type { Service } from '../api/service.ts'
import { createSite, type Site } from './site.ts'

/** What follows a call through all that it awaits, as `AsyncLocalStorage` does. */
export interface CallStorage {
  run<Answer>(value: Service, work: () => Answer): Answer
  getStore(): Service | undefined
}

/** The pages and the API for many calls, each with a service of its own. */
export interface LastingSite {
  fetch(request: Request, client: Client | undefined, service: Service): Promise<Response>
}

/** Made at the first call and kept: making it takes longer than answering. */
export function createLastingSite(calls: CallStorage): LastingSite {
  let site: Site | undefined
  return {
    async fetch(request, client, service) {
      if (site === undefined) {
        const lasting = lastingService(service, () => calls.getStore() ?? service)
        site = createSite(lasting, createApi(lasting))
      }
      const { fetch } = site
      return calls.run(service, () => fetch(request, client))
    },
  }
}
