import { Copyable } from './pieces.tsx'

/** The signing secret: redacted until somebody asks, and replaced without a gap. */
export function WebhookSecret({
  path,
  redacted,
  revealed,
  until,
}: {
  path: string
  redacted: unknown
  revealed: string | undefined
  until: Date | null
}) {
  return (
    <section class="card stack" aria-labelledby="secret">
      <h2 id="secret">Signing secret</h2>
      {revealed === undefined ? (
        <p>
          <code>{typeof redacted === 'string' ? redacted : JSON.stringify(redacted)}</code>
        </p>
      ) : (
        <p class="notice done">
          <Copyable text={revealed} label="the signing secret" />
        </p>
      )}
      {until !== null && until.getTime() > Date.now() && (
        <p class="muted small">
          The previous one stays valid until {until.toISOString().slice(0, 16).replace('T', ' ')}{' '}
          UTC.
        </p>
      )}
      <div class="actions">
        <form method="post" action={`${path}/secret#secret`}>
          <button class="button" type="submit">
            Reveal
          </button>
        </form>
        <form method="post" action={`${path}/rotate#secret`} class="row">
          <button class="button" type="submit">
            Rotate
          </button>
          <label for="overlap" class="small">
            keep the old one valid for
          </label>
          <select id="overlap" name="overlapHours" class="button">
            {[24, 1, 72, 168, 0].map((hours) => (
              <option value={String(hours)}>{hours === 0 ? 'no time at all' : `${hours} h`}</option>
            ))}
          </select>
        </form>
      </div>
      <p class="hint">Revealing and rotating it are recorded in the audit log.</p>
    </section>
  )
}
