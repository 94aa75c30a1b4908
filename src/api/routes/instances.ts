import { createRoute, z } from '@hono/zod-openapi'
import {
  deleteInstance,
  findInstance,
  insertInstance,
  listInstances,
  updateInstance,
} from '../../store/instances.ts'
import { limited, unrecorded } from '../access.ts'
import {
  answer,
  anyway,
  badBody,
  badRequest,
  body,
  conflict,
  goneAlready,
  notFound,
} from '../answers.ts'
import type { Api } from '../context.ts'
import { instanceChange, newInstance } from '../instance-settings.ts'
import { requireReachable } from '../instance-url.ts'
import { pageOf } from '../page.ts'
import { presentInstance } from '../presenters/instance.ts'
import { missing, Problem } from '../problem.ts'
import {
  instanceInput,
  instancePatch,
  instanceSchema,
  probeInput,
  probeSchema,
} from '../schemas/instance.ts'
import { idCursor, limit, linkHeader, pathId } from '../schemas/query.ts'
import type { Service } from '../service.ts'

const tags = ['Instances']
const params = pathId('instance')

/** Servers under watch. */
export function instanceRoutes(api: Api, service: Service): void {
  const { store, policy, wakeTick } = service
  const taken = () =>
    new Problem(
      'conflict',
      'An instance of that host and port is under watch already: change that one.',
    )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/instances',
      operationId: 'listInstances',
      tags,
      summary: 'List the instances under watch, oldest first',
      description: 'Page by page, with how each fared at the last look. Passwords are redacted.',
      request: { query: z.object({ limit: limit(200, 1000), cursor: idCursor }) },
      responses: {
        200: answer('Instances, passwords redacted.', z.array(instanceSchema), linkHeader),
        ...badRequest,
        ...anyway,
      },
    }),
    async (context) => {
      const { limit, cursor } = context.req.valid('query')
      const found = await listInstances(store, { limit: limit + 1, after: cursor })
      const shown = pageOf(context, found, limit, ({ id }) => id)
      return context.json(await Promise.all(shown.map((row) => presentInstance(service, row))), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/instances',
      operationId: 'createInstance',
      tags,
      summary: 'Put an instance under watch',
      description: 'It is looked at soon, and then at its interval.',
      request: { body: body('Where it is, and how to look at it.', instanceInput) },
      responses: {
        201: answer('The instance; it is looked at soon.', instanceSchema),
        ...badBody,
        ...conflict,
        ...anyway,
      },
    }),
    async (context) => {
      const input = context.req.valid('json')
      requireReachable(input.url, policy)
      const instance = await insertInstance(store, newInstance(input))
      if (instance === undefined) throw taken()
      wakeTick()
      context.header('Location', `/api/instances/${instance.id}`)
      return context.json(await presentInstance(service, instance), 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/instances/test',
      operationId: 'probeInstance',
      tags,
      ...unrecorded,
      ...limited('test'),
      summary: 'Look at a server once, without watching it',
      description: 'Connects, asks who is there, and goes.',
      request: { body: body('Where it is.', probeInput) },
      responses: { 200: answer('What came back.', probeSchema), ...badBody, ...anyway },
    }),
    async (context) => {
      const { url } = context.req.valid('json')
      requireReachable(url, policy)
      return context.json(await service.probe(url), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/instances/{id}',
      operationId: 'getInstance',
      tags,
      summary: 'Show an instance',
      description: 'With how it fared at the last look. The password is redacted.',
      request: { params },
      responses: { 200: answer('The instance.', instanceSchema), ...notFound, ...anyway },
    }),
    async (context) => {
      const instance = await findInstance(store, context.req.valid('param').id)
      if (instance === undefined) throw missing('instance')
      return context.json(await presentInstance(service, instance), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/api/instances/{id}',
      operationId: 'patchInstance',
      tags,
      summary: 'Change an instance: only the fields given',
      description: 'A URL sent back with its password redacted keeps the stored one.',
      request: { params, body: body('What changes.', instancePatch) },
      responses: {
        200: answer('The instance as it is now.', instanceSchema),
        ...badBody,
        ...notFound,
        ...conflict,
        ...anyway,
      },
    }),
    async (context) => {
      const { id } = context.req.valid('param')
      const instance = await findInstance(store, id)
      if (instance === undefined) throw missing('instance')
      const stored = await store.vault.open(instance.url)
      const change = instanceChange(context.req.valid('json'), stored)
      if (change.url !== undefined) requireReachable(change.url, policy)
      const updated = await updateInstance(store, id, change)
      if (updated === undefined) throw missing('instance')
      if (updated === 'taken') throw taken()
      wakeTick()
      return context.json(await presentInstance(service, updated), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/instances/{id}',
      operationId: 'deleteInstance',
      tags,
      summary: 'Stop watching an instance; its events stay',
      description: 'What plugins remember of it and its alerts go too.',
      request: { params },
      responses: { 204: { description: 'It is gone.' }, ...goneAlready('instance'), ...anyway },
    }),
    async (context) => {
      if (!(await deleteInstance(store, context.req.valid('param').id))) throw missing('instance')
      wakeTick()
      return context.body(null, 204)
    },
  )
}
