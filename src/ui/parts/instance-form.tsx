import { z } from 'zod'
import type { Refusal } from '../ask.ts'
import { Check, type Faults, Field, FormFaults } from './field.tsx'
import { Heading } from './pieces.tsx'
import { span } from './time.tsx'

/** What the form holds, as text. */
export interface Draft {
  readonly name: string
  readonly url: string
  readonly labels: string
  readonly pollIntervalMs: string
  readonly enabled: boolean
}
/** What the server said to it. */
export interface Said {
  readonly refusal?: Refusal
  readonly probe?: unknown
}

/** An instance as people write it. */
export function InstanceForm({
  draft,
  id,
  said,
}: {
  draft: Draft
  id: string | undefined
  said: Said | undefined
}) {
  const faults: Faults = said?.refusal?.errors ?? []
  return (
    <form method="post" action={`/instances/${id ?? 'new'}`} class="flow">
      <Heading title={id === undefined ? 'Watch an instance' : 'Edit instance'} />
      <FormFaults detail={said?.refusal?.detail ?? ''} faults={faults} />
      <Probe probe={said?.probe} />
      <section class="card stack" aria-label="Instance">
        <Field
          name="url"
          label="URL"
          pointer="/url"
          faults={faults}
          value={draft.url}
          required
          placeholder="redis://monitor:password@valkey.example.com:6379"
          hint="redis:// or valkey://, with TLS rediss://; user and password percent-encoded. A password of *** keeps the stored one."
        />
        <div class="fields">
          <Field
            name="name"
            label="Name"
            pointer="/name"
            faults={faults}
            value={draft.name}
            hint="Empty for host and port."
          />
          <Field
            name="pollIntervalMs"
            label="Poll interval in seconds"
            pointer="/pollIntervalMs"
            faults={faults}
            value={draft.pollIntervalMs}
            hint="Empty for the default of the service."
          />
        </div>
        <Field
          name="labels"
          label="Labels"
          pointer="/labels"
          faults={faults}
          value={draft.labels}
          rows={3}
          placeholder={'team=payments'}
          hint="One a line, name=value. Webhooks may choose instances by them."
        />
        <Check name="enabled" checked={draft.enabled}>
          Watch it; without, it is paused
        </Check>
      </section>
      <p class="actions">
        <button class="button primary" type="submit">
          {id === undefined ? 'Start watching' : 'Save'}
        </button>
        <button class="button" type="submit" name="action" value="test">
          Test the connection
        </button>
        {id !== undefined && (
          <a class="button danger" href={`/instances/${id}/delete`}>
            Stop watching…
          </a>
        )}
      </p>
    </form>
  )
}

const shape = z.object({
  reachable: z.boolean(),
  server: z.string().optional(),
  version: z.string().optional(),
  role: z.string().optional(),
  error: z.string().optional(),
  durationMs: z.number(),
})

function Probe({ probe }: { probe: unknown }) {
  const read = shape.safeParse(probe)
  if (!read.success) return null
  const { reachable, server = '', version = '', role, error, durationMs } = read.data
  const known = [`${server} ${version}`.trim(), role].filter(Boolean).join(', ')
  return (
    <p class={`notice ${reachable ? 'done' : 'refused'}`} role="status">
      {reachable
        ? `It answered after ${span(durationMs)}: ${known || 'what it is it did not say'}.`
        : `It cannot be reached: ${error ?? 'no answer came'}`}
    </p>
  )
}
