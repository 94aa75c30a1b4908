import { createRoute, z } from '@hono/zod-openapi'
import type { HonoRequest } from 'hono'
import { sha256 } from '../../rules/digest.ts'
import { readTrace } from '../../rules/trace.ts'
import { deliveriesOf, findEvent, listEvents } from '../../store/events.ts'
import { needs, unrecorded } from '../access.ts'
import { answer, anyway, badBody, badRequest, body, keyReused, notFound } from '../answers.ts'
import type { Api } from '../context.ts'
import { idempotencyKey, keyOf, reused } from '../idempotency.ts'
import { pageOf } from '../page.ts'
import { presentEvent } from '../presenters/event.ts'
import { invalid, missing, Problem } from '../problem.ts'
import { eventSchema, publishedSchema } from '../schemas/event.ts'
import { queryMoment } from '../schemas/moment.ts'
import { createEventInput, createPublication } from '../schemas/publish.ts'
import { filter, idCursor, limit, linkHeader, pathId } from '../schemas/query.ts'
import type { Service } from '../service.ts'

const tags = ['Events']

const tooMany = new Problem(
  'unavailable',
  'Too many requests to publish at once; try again shortly.',
  { headers: { 'Retry-After': '1' } },
)

/** What happened, and publishing what happened elsewhere. */
export function eventRoutes(api: Api, { store, catalog, publish, isFull }: Service): void {
  const input = createEventInput(catalog)
  api.openAPIRegistry.register('EventInput', input)

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/events',
      operationId: 'publishEvents',
      tags,
      ...needs('publish'),
      ...unrecorded,
      middleware: async ({ req }, next) => {
        if (isFull(lengthOf(req))) throw tooMany
        await next()
      },
      summary: 'Publish events, which go the same way as those of plugins',
      description:
        'Events with a threshold are held against it as a reading of a plugin is. A `traceparent` ' +
        '(W3C Trace Context) is passed on to receivers.',
      request: {
        headers: idempotencyKey,
        body: body('One event, or a list.', createPublication(catalog, input)),
      },
      responses: {
        202: answer('They are accepted.', publishedSchema),
        ...badBody,
        ...keyReused,
        ...anyway,
      },
    }),
    async (context) => {
      const { many, events } = context.req.valid('json')
      const key = context.req.valid('header')['Idempotency-Key']
      const trace = readTrace(context.req.raw.headers)
      const once =
        key === undefined
          ? undefined
          : {
              key: keyOf(context.var.principal, key),
              fingerprint: await sha256(await context.req.text()),
            }
      const result = await publish(
        events.map((event) => ({ ...event, trace })),
        once,
        lengthOf(context.req),
      )
      if (result.ok) {
        const { accepted, events } = result.published
        return context.json({ accepted, events: events.map((event) => ({ ...event })) }, 202)
      }
      if (result.reason === 'key_reused') throw reused
      if (result.reason === 'busy') throw tooMany
      throw invalid([
        {
          pointer: many ? `/${result.index}/instance` : '/instance',
          message: 'No instance of that id is under watch; GET /api/instances lists them',
        },
      ])
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/events',
      operationId: 'listEvents',
      tags,
      summary: 'List what happened, newest first',
      description: 'Page by page, each with the deliveries it led to.',
      request: {
        query: z.object({
          limit: limit(50, 200),
          cursor: idCursor,
          type: filter('Only this event type.'),
          instance: filter('Only this instance, by its id.'),
          since: queryMoment('Only what happened at that time or later.').optional(),
          until: queryMoment('Only what happened at that time or earlier.').optional(),
        }),
      },
      responses: {
        200: answer('Events.', z.array(eventSchema), linkHeader),
        ...badRequest,
        ...anyway,
      },
    }),
    async (context) => {
      const { limit, cursor, ...filters } = context.req.valid('query')
      const found = await listEvents(store, filters, { limit: limit + 1, before: cursor })
      const shown = pageOf(context, found, limit, ({ id }) => id)
      const deliveries = await deliveriesOf(
        store,
        shown.map(({ id }) => id),
      )
      return context.json(
        shown.map((event) => presentEvent(event, deliveries)),
        200,
      )
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/events/{id}',
      operationId: 'getEvent',
      tags,
      summary: 'Show an event',
      description: 'With the deliveries it led to.',
      request: { params: pathId('event') },
      responses: { 200: answer('The event.', eventSchema), ...notFound, ...anyway },
    }),
    async (context) => {
      const event = await findEvent(store, context.req.valid('param').id)
      if (event === undefined) throw missing('event')
      return context.json(presentEvent(event, await deliveriesOf(store, [event.id])), 200)
    },
  )
}

/** What a request says of its length; one that does not may be of any. */
function lengthOf(request: HonoRequest): number {
  return Number(request.header('content-length') ?? Number.POSITIVE_INFINITY)
}
