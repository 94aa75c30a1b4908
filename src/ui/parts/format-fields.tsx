import { z } from 'zod'
import type { Format } from '../../plugin/format.ts'
import type { WebhookDraft } from '../webhook-draft.ts'
import { type Faults, Field } from './field.tsx'

const property = z.object({
  description: z.string().optional(),
  enum: z.array(z.string()).optional(),
  type: z.unknown().optional(),
  default: z.unknown().optional(),
})
const jsonSchema = z.object({
  properties: z.record(z.string(), property).default({}),
  required: z.array(z.string()).default([]),
})

/** What the format asks for, drawn from its own schema. */
export function FormatFields({
  format,
  draft,
  faults,
}: {
  format: Format
  draft: WebhookDraft
  faults: Faults
}) {
  const known =
    format.config && z.toJSONSchema(format.config, { unrepresentable: 'any', io: 'input' })
  const { properties, required } = jsonSchema.parse(known ?? {})
  return (
    <div class="fields">
      {Object.entries(properties).map(([key, { description, enum: choices, type, ...rest }]) => (
        <Field
          name={`config.${key}`}
          label={key}
          pointer={`/formatConfig/${key}`}
          faults={faults}
          hint={description}
          value={draft.config[key]}
          placeholder={rest.default === undefined ? undefined : JSON.stringify(rest.default)}
          {...(choices !== undefined && {
            options: [['', 'default'], ...choices.map((one) => [one, one] as const)],
          })}
          {...(type === 'object' && { rows: 6 })}
          required={required.includes(key)}
        />
      ))}
    </div>
  )
}
