import { lookup as lookupName } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { checkAddress, type TargetPolicy } from '../../rules/target.ts'
import { TransportError } from '../../rules/transport.ts'

/** All addresses of a name; rejects with the system's error where there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>

/** Asks the system, hosts file included, as a connection would. */
export const resolveAll: Resolve = async (name) => {
  const found = await lookupName(name, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}

/** All addresses of a name; none when it has none or answering takes longer than `timeoutMs`. */
export async function resolveHost(
  name: string,
  timeoutMs = 2000,
  resolve: Resolve = resolveAll,
): Promise<string[]> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<string[]>((giveUp) => {
    timer = setTimeout(giveUp, timeoutMs, [])
  })
  const found = resolve(name.replace(/^\[|\]$/g, '')).then(
    (addresses) => [...addresses],
    () => [],
  )
  return Promise.race([found, late]).finally(() => clearTimeout(timer))
}

/**
 * A `lookup` for sockets that hands out addresses only if all of them pass: the one dialled is then
 * one that was judged, whatever the name answered before. IP literals never reach it.
 */
export function checkingLookup(policy: TargetPolicy, resolve: Resolve): LookupFunction {
  const resolveOnce = shareConcurrent(resolve)
  return (name, options, callback) => {
    judgedAddresses(name, policy, resolveOnce).then(
      (addresses) => {
        const answers = addresses.map((address) => ({ address, family: isIP(address) }))
        if (options.all) return callback(null, answers)
        const [first] = answers
        return callback(null, first?.address ?? '', first?.family)
      },
      (error: Error) => callback(error, '', 0),
    )
  }
}

async function judgedAddresses(
  name: string,
  policy: TargetPolicy,
  resolve: Resolve,
): Promise<readonly string[]> {
  const addresses = await resolve(name)
  if (addresses.length === 0) throw new TransportError('dns', `DNS: no such host ${name}`)
  for (const address of addresses) {
    const verdict = checkAddress(address, policy)
    if (!verdict.ok) {
      throw new TransportError(
        'blocked',
        `blocked: ${name} resolves to a refused address: ${verdict.reason}`,
      )
    }
  }
  return addresses
}

/** One question at a time for each name: system lookups share four threads with all file access. */
function shareConcurrent(resolve: Resolve): Resolve {
  const asked = new Map<string, Promise<readonly string[]>>()
  return (name) => {
    const pending = asked.get(name)
    if (pending) return pending
    const answer = resolve(name).finally(() => asked.delete(name))
    asked.set(name, answer)
    return answer
  }
}
