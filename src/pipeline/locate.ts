import type { PublishedEvent } from '../rules/publish.ts'
import type { Store } from '../store/database.ts'
import { findInstances, type Instance } from '../store/instances.ts'
import type { Source } from './reading.ts'

/** Tells where a published event happened; undefined where no instance of that id is under watch. */
export type Locate = (event: PublishedEvent) => Source | undefined

/** Finds the instances that events name, all at once. */
export async function locate(
  store: Store,
  events: readonly PublishedEvent[],
  at: Date,
): Promise<Locate> {
  const named = new Map<string, Exclude<PublishedEvent['instance'], undefined>>()
  for (const { instance } of events)
    if (instance !== undefined) named.set(nameOf(instance), instance)
  const places = [...named.values()]
  const found = await findInstances(store, {
    ids: places.flatMap((place) => (typeof place === 'string' ? [place] : [])),
    addresses: places.flatMap((place) => (typeof place === 'string' ? [] : [place])),
  })
  const watched = new Map(
    found.flatMap((one) => [[one.id, one] as const, [nameOf(one), one] as const]),
  )

  return ({ instance }) => {
    if (instance === undefined) return { key: '', at, origin: 'api' }
    const name = nameOf(instance)
    const known = watched.get(name)
    if (known !== undefined) return sourceOf(known, at)
    return typeof instance === 'string' ? undefined : { ...instance, key: name, at, origin: 'api' }
  }
}

function nameOf(instance: Exclude<PublishedEvent['instance'], undefined>): string {
  return typeof instance === 'string' ? instance : `${instance.host}:${instance.port}`
}

function sourceOf({ id, host, port, labels }: Instance, at: Date): Source {
  return { key: id, instanceId: id, host, port, labels, at, origin: 'api' }
}
