import type { Schema } from './schema.ts'

/** A body in one media type. */
export interface Media {
  schema?: Schema
  example?: unknown
}

/** A body that is sent or answered. */
interface Part {
  readonly description?: string
  readonly $ref?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, Media>>
}
export type Answers = Readonly<Record<string, Part>>

/** One operation of a document that is being written. */
interface Operation {
  readonly operationId?: string
  security?: readonly unknown[]
  readonly requestBody?: Part
  responses: Answers
  callbacks?: unknown
  [extension: `x-${string}`]: unknown
}

/** The paths of a document, by method. */
export type Operations = Record<string, Record<string, Operation>>

/** Every operation, with where it is. */
export function operationsOf(operations: Operations) {
  return Object.entries(operations).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
}

/** Leaves out what is only another path to an operation: there is one way to write it down. */
export function dropAliases(operations: Operations): void {
  for (const { path, operation } of operationsOf(operations))
    if (operation['x-alias'] === true) delete operations[path]
}

/** Gives bodies the description that what holds them has. */
export function describeBodies(operations: Operations): void {
  for (const { operation } of operationsOf(operations))
    for (const part of [operation.requestBody, ...Object.values(operation.responses)])
      for (const media of Object.values(part?.content ?? {}))
        if (media.schema !== undefined && media.schema.$ref === undefined)
          media.schema = { description: part?.description ?? '', ...media.schema }
}

/** Says of the operation that makes webhooks what its URL will be sent. */
export function tellOfPayloads(operations: Operations, callback: unknown): void {
  const maker = operationsOf(operations).find(
    ({ operation }) => operation.operationId === 'createWebhook',
  )
  if (maker !== undefined)
    maker.operation.callbacks = { event: { '{$request.body#/url}': { post: callback } } }
}
