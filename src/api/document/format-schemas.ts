import { z } from '@hono/zod-openapi'
import type { Format } from '../../plugin/format.ts'
import type { Formats } from '../../rules/formats.ts'
import { secretReferenceSchema } from '../../rules/secret-reference.ts'

/** The `formatConfig` of each format for the document: a named schema each, and their union. */
export function describeConfigs({ all }: Formats): Record<string, object> {
  const named = all.flatMap((format) => {
    const schema = configSchema(format)
    return schema === undefined ? [] : [[configName(format), schema] as const]
  })
  return {
    ...Object.fromEntries(named),
    FormatConfig: {
      description: `What the webhook's \`format\` asks for, if anything: ${listed(all)}.`,
      type: 'object',
      ...(named.length > 0 && {
        anyOf: named.map(([name]) => ({ $ref: `#/components/schemas/${name}` })),
      }),
      example: {},
    },
  }
}

/** Where a secret is found that is not sent itself. */
export function describeReference(): object {
  const { $schema: _, ...shape } = z.toJSONSchema(secretReferenceSchema(), { io: 'input' })
  return {
    ...shape,
    description: 'Where a secret is found: in the environment of the service, or in a file.',
    example: { env: 'WEBHOOK_SECRET' },
  }
}

function listed(formats: readonly Format[]): string {
  return formats
    .map((format) => `\`${format.name}\`: ${format.config ? configName(format) : 'nothing'}`)
    .join(', ')
}

function configName({ name }: Format): string {
  const words = name.split('-').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  return `${words.join('')}FormatConfig`
}

function configSchema({ config, title, summary, secrets = [] }: Format): object | undefined {
  if (config === undefined) return undefined
  const { $schema: _, ...shape } = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' })
  const { $schema: __, ...reference } = z.toJSONSchema(secretReferenceSchema(), { io: 'input' })
  const properties = Object.entries(shape.properties ?? {}).map(([name, property]) => {
    if (!secrets.includes(name) || typeof property !== 'object') return [name, property] as const
    const { description, ...value } = property
    const either = { description, anyOf: [{ ...value, writeOnly: true }, reference] }
    return [name, either] as const
  })
  return { ...shape, title, description: summary, properties: Object.fromEntries(properties) }
}
