import type { WebhookSettings } from './webhook.ts'

/** What an event is about, as far as subscriptions ask. */
export interface Origin {
  /** Id of the instance under watch, where it is one. */
  readonly instanceId?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

type Scope = WebhookSettings['instances']

/** Whether something is in reach of a scope; absent, everything is. */
export function inScope(scope: Scope, { instanceId, labels }: Origin): boolean {
  if (scope === undefined) return true
  if (isIds(scope)) return instanceId !== undefined && scope.includes(instanceId)
  return Object.entries(scope).every(([label, value]) => labels?.[label] === value)
}

function isIds(scope: NonNullable<Scope>): scope is readonly string[] {
  return Array.isArray(scope)
}

/**
 * Sorts members by their scope, once. The answer gives those in reach of an origin, in groups that
 * stay the same and that no member is in twice, without asking each.
 */
export function groupByScope<Member extends { readonly instances?: Scope }>(
  members: readonly Member[],
): (origin: Origin) => readonly (readonly Member[])[] {
  const everywhere: Member[] = []
  const byInstance = new Map<string, Member[]>()
  /** By one label they all ask for, then by all that they ask for. */
  const byLabel = new Map<string, Map<string, Member[]>>()

  for (const member of members) {
    const { instances: scope } = member
    if (scope === undefined) everywhere.push(member)
    else if (isIds(scope)) for (const id of new Set(scope)) add(byInstance, id, member)
    else {
      const [first, ...rest] = Object.entries(scope).sort(([a], [b]) => (a < b ? -1 : 1))
      if (first === undefined) everywhere.push(member)
      else {
        const alike = byLabel.get(JSON.stringify(first)) ?? new Map<string, Member[]>()
        byLabel.set(JSON.stringify(first), alike)
        add(alike, JSON.stringify(rest), member)
      }
    }
  }

  return (origin) => {
    const labelled = Object.entries(origin.labels ?? {}).flatMap((label) => [
      ...(byLabel.get(JSON.stringify(label))?.values() ?? []),
    ])
    return [
      everywhere,
      byInstance.get(origin.instanceId ?? '') ?? [],
      ...labelled.filter(([member]) => inScope(member?.instances, origin)),
    ].filter(({ length }) => length > 0)
  }
}

function add<Member>(groups: Map<string, Member[]>, key: string, member: Member): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [member])
  else group.push(member)
}
