import { z } from '@hono/zod-openapi'
import type { Catalog, CatalogEvent } from '../../rules/catalog.ts'
import type { PublishedEvent } from '../../rules/publish.ts'
import { storable } from '../../rules/text.ts'

/** Most events of one request. */
const mostEvents = 1000

/** What a client publishes: one event or several. `many` tells pointers into a list from others. */
export interface Publication {
  readonly many: boolean
  readonly events: readonly PublishedEvent[]
}

const instance = z
  .union(
    [
      storable(z.string().min(1).max(255)),
      z.strictObject({
        host: storable(
          z.string().max(255).regex(/^\S+$/, 'A host is text without spaces').toLowerCase(),
        ).describe('Name or address.'),
        port: z.int().min(1).max(65_535).describe('Port.'),
      }),
    ],
    { error: 'Send the id of an instance, or {host, port}' },
  )
  .describe('Where it happened: an instance under watch by its id, or any host and port.')

/** The shape that all events share; their data is judged by what their plugin declares. */
export function createEventInput({ events }: Catalog) {
  return z
    .strictObject({
      type: z
        .string()
        .superRefine((type, context) => {
          const event = events.get(type)
          if (event === undefined)
            context.addIssue(
              `${JSON.stringify(type.slice(0, 100))} is no event type here; GET /api/event-types lists them`,
            )
          else if (event.operational)
            context.addIssue(`${type} is told by the service itself; it cannot be published`)
        })
        .describe('An event type; `GET /api/event-types` lists them.'),
      instance: instance.optional(),
      subject: z.string().max(255).optional().describe('What on the instance it is about.'),
      data: z
        .record(z.string(), z.unknown())
        .describe(
          'As the event type declares it. `message`, and the `threshold` of an event that has one, ' +
            'may be copied from a payload; they are written anew.',
        ),
    })
    .openapi('EventInput', {
      description: 'One event to publish.',
      example: {
        type: 'instance.down',
        instance: { host: 'valkey.example.com', port: 6379 },
        data: { reason: 'Connection refused' },
      },
    })
}

/** A body of one event or a list of them, every fault of each reported. */
export function createPublication(catalog: Catalog, input: ReturnType<typeof createEventInput>) {
  const readingOf = createReadings()
  type Issues = z.core.$RefinementCtx

  const parse = (item: unknown, at: readonly number[], context: Issues): PublishedEvent[] => {
    const report = (issues: readonly z.core.$ZodIssue[], path: readonly PropertyKey[]) => {
      for (const issue of issues)
        context.addIssue({ ...issue, path: [...at, ...path, ...issue.path] })
    }
    const shape = input.safeParse(item)
    if (!shape.success) report(shape.error.issues, [])
    const event = catalog.events.get(String(member(item, 'type')))
    const data = member(item, 'data')
    if (event === undefined || event.operational || !isRecord(data)) return []
    const reading = readingOf(event, data)
    if (!reading.success) report(reading.error.issues, ['data'])
    if (!shape.success || !reading.success) return []
    const { instance, subject = '' } = shape.data
    return [{ event, data: reading.data, subject, instance }]
  }

  return z
    .unknown()
    .transform((body, context): Publication => {
      if (!Array.isArray(body)) return { many: false, events: parse(body, [], context) }
      if (body.length < 1 || body.length > mostEvents)
        context.addIssue(`A list holds 1 to ${mostEvents} events, not ${body.length}`)
      const some = body.slice(0, mostEvents)
      return { many: true, events: some.flatMap((item, index) => parse(item, [index], context)) }
    })
    .openapi({
      description: `One event, or a list of at most ${mostEvents}.`,
      anyOf: [
        { $ref: '#/components/schemas/EventInput' },
        {
          type: 'array',
          minItems: 1,
          maxItems: mostEvents,
          items: { $ref: '#/components/schemas/EventInput' },
        },
      ],
    })
}

/** Parses data by the strict form of what an event declares, without what the pipeline writes. */
function createReadings() {
  const schemas = new Map<CatalogEvent, z.ZodObject>()
  return (event: CatalogEvent, data: Record<string, unknown>) => {
    const { declaration } = event
    const schema = schemas.get(event) ?? declaration.data.strict()
    schemas.set(event, schema)
    const written = declaration.threshold === undefined ? ['message'] : ['message', 'threshold']
    return schema.safeParse(
      Object.fromEntries(Object.entries(data).filter(([name]) => !written.includes(name))),
    )
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function member(item: unknown, name: string): unknown {
  return isRecord(item) ? item[name] : undefined
}
