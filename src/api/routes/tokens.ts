import { createRoute, z } from '@hono/zod-openapi'
import { deleteToken, findToken, listTokens } from '../../store/tokens.ts'
import { needs } from '../access.ts'
import { answer, anyway, badBody, badRequest, body, conflict, notFound } from '../answers.ts'
import type { Api } from '../context.ts'
import { pageOf } from '../page.ts'
import { invalid, missing, Problem } from '../problem.ts'
import { idCursor, limit, linkHeader, pathId } from '../schemas/query.ts'
import { newTokenSchema, tokenInput, tokenSchema } from '../schemas/token.ts'
import type { Service } from '../service.ts'
import { makeToken, presentToken } from '../tokens.ts'

const tags = ['Tokens']
const locationHeader = z.object({ Location: z.string().describe('Path of the new token.') })

/** API tokens: made, listed, revoked. */
export function tokenRoutes(api: Api, { store }: Service): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/tokens',
      operationId: 'listTokens',
      tags,
      ...needs('admin'),
      summary: 'List the tokens, newest first',
      description: 'Of each only a hash is kept: none is shown again. Expired ones stay listed.',
      request: { query: z.object({ limit: limit(200, 1000), cursor: idCursor }) },
      responses: {
        200: answer('Tokens.', z.array(tokenSchema), linkHeader),
        ...badRequest,
        ...anyway,
      },
    }),
    async (context) => {
      const { limit, cursor } = context.req.valid('query')
      const found = await listTokens(store.db, { limit: limit + 1, before: cursor })
      return context.json(pageOf(context, found, limit, ({ id }) => id).map(presentToken), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/tokens',
      operationId: 'createToken',
      tags,
      ...needs('admin'),
      summary: 'Make a token, which is shown this once',
      description: 'It holds from now on, until it expires or is revoked.',
      request: { body: body('What it is for, and what it may do.', tokenInput) },
      responses: {
        201: answer('The token.', newTokenSchema, locationHeader),
        ...badBody,
        ...anyway,
      },
    }),
    async (context) => {
      const { name, scopes, expiresAt = null } = context.req.valid('json')
      if (expiresAt !== null && expiresAt.getTime() <= Date.now())
        throw invalid([{ pointer: '/expiresAt', message: 'It lies in the past' }])
      const made = await makeToken(store.db, { name, scopes, expiresAt }, 'api')
      context.header('Location', `/api/tokens/${made.id}`)
      context.header('Cache-Control', 'no-store')
      return context.json(made, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/tokens/{id}',
      operationId: 'revokeToken',
      tags,
      ...needs('admin'),
      summary: 'Revoke a token',
      description: 'Requests with it are refused from now on.',
      request: { params: pathId('token') },
      responses: { 204: { description: 'It is gone.' }, ...notFound, ...conflict, ...anyway },
    }),
    async (context) => {
      const { id } = context.req.valid('param')
      if (!(await deleteToken(store.db, id))) {
        if ((await findToken(store.db, id)) === undefined) throw missing('token')
        throw new Problem('conflict', 'It is the token of the environment: change TOCSIN_TOKEN.')
      }
      return context.body(null, 204)
    },
  )
}
