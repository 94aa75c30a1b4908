import { createRoute, z } from '@hono/zod-openapi'
import { listAudit } from '../../store/audit.ts'
import { needs } from '../access.ts'
import { answer, anyway, badRequest } from '../answers.ts'
import type { Api } from '../context.ts'
import { pageOf } from '../page.ts'
import { auditSchema } from '../schemas/audit.ts'
import { queryMoment } from '../schemas/moment.ts'
import { filter, idCursor, limit, linkHeader } from '../schemas/query.ts'
import type { Service } from '../service.ts'

/** Who changed what, and when. */
export function auditRoutes(api: Api, { store }: Service): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/audit',
      operationId: 'listAudit',
      tags: ['Tokens'],
      ...needs('admin'),
      summary: 'List the changes that were made, newest first',
      description: 'Who, what and when; reading a secret counts too. Kept for a year.',
      request: {
        query: z.object({
          limit: limit(50, 200),
          cursor: idCursor,
          actor: filter('Only by this token, by its name.'),
          action: filter('Only this `operationId`.'),
          target: filter('Only what was done to this id.'),
          since: queryMoment('Only what was done at that time or later.').optional(),
          until: queryMoment('Only what was done at that time or earlier.').optional(),
        }),
      },
      responses: {
        200: answer('Changes.', z.array(auditSchema), linkHeader),
        ...badRequest,
        ...anyway,
      },
    }),
    async (context) => {
      const { limit, cursor, ...filters } = context.req.valid('query')
      const found = await listAudit(store.db, filters, { limit: limit + 1, before: cursor })
      const shown = pageOf(context, found, limit, ({ id }) => id)
      return context.json(
        shown.map(({ at, fields, ...entry }) => ({
          ...entry,
          fields: [...fields],
          at: at.getTime(),
        })),
        200,
      )
    },
  )
}
