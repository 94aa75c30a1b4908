import { z } from '@hono/zod-openapi'
import type { EventDeclaration } from '../plugin/event.ts'
import { payloadSchema } from '../rules/catalog.ts'

/**
 * JSON Schema of the data a receiver gets. Open: a later version of a plugin may add fields, and
 * receivers must not break on them.
 */
export function payloadJsonSchema(declaration: EventDeclaration) {
  const { $schema: _, ...schema } = z.toJSONSchema(payloadSchema(declaration), {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'object' && !zodSchema._zod.def.catchall)
        delete jsonSchema.additionalProperties
    },
  })
  return { ...schema }
}

/** The declared example as a receiver would get it: with the threshold it was held against. */
export function payloadExample({ example, threshold }: EventDeclaration): Record<string, unknown> {
  return { ...(threshold && { threshold: threshold.default }), ...example }
}
