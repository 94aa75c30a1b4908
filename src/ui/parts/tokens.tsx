import type { presentToken } from '../../api/tokens.ts'
import { scopes } from '../../rules/scope.ts'
import type { AuditEntry } from '../../store/audit.ts'
import type { Refusal } from '../ask.ts'
import { Check, Field, FormFaults } from './field.tsx'
import { Copyable, Empty, Table } from './pieces.tsx'
import { Pill } from './pill.tsx'
import { Time } from './time.tsx'

/** A token that was just made: shown this once. */
export function NewToken({ token }: { token: string }) {
  return (
    <div class="notice done stack" role="status">
      <p>This is the token. It is shown this once: only its digest is kept.</p>
      <Copyable text={token} label="the token" />
    </div>
  )
}

export function TokenTable({ tokens }: { tokens: readonly ReturnType<typeof presentToken>[] }) {
  if (tokens.length === 0)
    return (
      <Empty title="No tokens yet">
        <p class="muted">Until there is one, only this machine is served. Create one below.</p>
      </Empty>
    )
  return (
    <Table
      label="Tokens"
      columns={['Name', 'Begins with', 'Scopes', 'Last used', 'Expires', 'Actions']}
    >
      {tokens.map(({ id, name, hint, source, scopes, lastUsedAt, expiresAt }) => (
        <tr>
          <td class="name">{name}</td>
          <td>
            <code>{hint}</code>
          </td>
          <td>{scopes.join(', ')}</td>
          <td class="nowrap">
            <Time at={lastUsedAt} />
          </td>
          <td class="nowrap">
            {expiresAt !== null && expiresAt < Date.now() && <Pill tone="bad">expired</Pill>}{' '}
            <Time at={expiresAt} />
          </td>
          <td>
            {source === 'environment' ? (
              <span class="muted small">from TOCSIN_TOKEN</span>
            ) : (
              <a class="button compact" href={`/settings/tokens/${id}/revoke`}>
                Revoke…<span class="visually-hidden"> {name}</span>
              </a>
            )}
          </td>
        </tr>
      ))}
    </Table>
  )
}

export function TokenForm({ refusal }: { refusal: Refusal | undefined }) {
  const faults = refusal?.errors ?? []
  return (
    <form method="post" action="/settings/tokens" class="card stack">
      <h2>Create a token</h2>
      <FormFaults detail={refusal?.detail ?? ''} faults={faults} />
      <div class="fields">
        <Field name="name" label="Name" pointer="/name" faults={faults} required />
        <Field
          name="days"
          label="Expires after"
          pointer="/expiresAt"
          faults={faults}
          options={[
            ['', 'never'],
            ['7', '7 days'],
            ['30', '30 days'],
            ['90', '90 days'],
            ['365', 'a year'],
          ]}
        />
      </div>
      <fieldset class="stack">
        <legend>Scopes</legend>
        {Object.entries(scopes).map(([name, meaning]) => (
          <Check name="scopes" value={name} checked={name === 'read'}>
            <strong>{name}</strong> <span class="hint block">{meaning.replaceAll('`', '')}</span>
          </Check>
        ))}
      </fieldset>
      <button class="button primary" type="submit">
        Create token
      </button>
    </form>
  )
}

export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  if (entries.length === 0)
    return (
      <Empty title="Nothing was changed yet">
        <p class="muted">Every change is put on record here, and every secret that is read.</p>
      </Empty>
    )
  return (
    <Table label="Changes" columns={['Action', 'Who', 'Target', 'Fields', 'When']}>
      {entries.map(({ action, actor, target, fields, at }) => (
        <tr>
          <td>{action}</td>
          <td class="name">{actor}</td>
          <td>
            <code>{target ?? '–'}</code>
          </td>
          <td>{fields.join(', ')}</td>
          <td class="nowrap">
            <Time at={at} />
          </td>
        </tr>
      ))}
    </Table>
  )
}
