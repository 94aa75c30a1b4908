import { z } from '@hono/zod-openapi'

/** An id in an answer: nothing is to be read out of it. */
export const opaqueId = z.string().min(1).max(64)
