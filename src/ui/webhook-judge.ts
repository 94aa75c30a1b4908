import { z } from 'zod'
import { faultsOf } from '../api/faults.ts'
import { Problem } from '../api/problem.ts'
import { createWebhookInputs } from '../api/schemas/webhook-input.ts'
import type { Service } from '../api/service.ts'
import { changed, settingsFrom } from '../api/webhook-change.ts'
import { prepareWebhook } from '../api/webhook-preparation.ts'
import type { Webhook } from '../store/webhooks.ts'
import type { Faults } from './parts/field.tsx'

const problemMembers = z.object({
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).default([]),
})

/** Says of a webhook, new or changed, what the API would say, without anything being changed. */
export function createJudge(service: Service) {
  const inputs = createWebhookInputs(service)
  return async (body: unknown, webhook: Webhook | undefined): Promise<Faults> => {
    try {
      if (webhook === undefined) {
        const read = await inputs.create.safeParseAsync(body)
        if (!read.success) return faultsOf(read.error.issues, body)
        await prepareWebhook(service, settingsFrom(read.data))
      } else {
        const read = await inputs.update.safeParseAsync(body)
        if (!read.success) return faultsOf(read.error.issues, body)
        await prepareWebhook(service, changed(webhook, read.data), webhook)
      }
      return []
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return problemMembers.parse(error.extras.members ?? {}).errors
    }
  }
}
