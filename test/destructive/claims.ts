import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { Sql } from 'postgres'
import type { Tally } from './tally.ts'

/** A delivery taken by a process that had not settled it yet: in flight, if that one is dead. */
export interface LeftClaim {
  readonly id: string
  readonly claim_id: string
}

const left = `select id, claim_id from deliveries
  where claim_id is not null and status in ('pending', 'retrying')`

export const claimsOnPostgres = (sql: Sql) => async (): Promise<LeftClaim[]> => sql.unsafe(left)

/** Reads a copy: what the dead left behind is for the next process to recover, not for us. */
export const claimsInDirectory = (directory: string) => async (): Promise<LeftClaim[]> => {
  const copy = await mkdtemp(join(tmpdir(), 'tocsin-claims-'))
  try {
    await cp(join(directory, 'pgdata'), copy, { recursive: true })
    const client = await PGlite.create(copy)
    const { rows } = await client.query<LeftClaim>(left)
    await client.close()
    return rows
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** Everything that was ever in flight at a kill: each claim allows one repetition. */
export interface InFlight {
  readonly size: number
  add(claims: readonly LeftClaim[]): void
  has(deliveryId: string): boolean
  /** Repetitions that no kill explains. */
  unexplained(tally: Tally): number
}

export function createInFlight(): InFlight {
  const claimsOf = new Map<string, Set<string>>()
  let size = 0
  return {
    get size() {
      return size
    },
    add(claims) {
      for (const { id, claim_id } of claims) {
        const known = claimsOf.get(id) ?? new Set()
        if (!known.has(claim_id)) size += 1
        claimsOf.set(id, known.add(claim_id))
      }
    },
    has: (deliveryId) => claimsOf.has(deliveryId),
    unexplained: (tally) =>
      [...tally.arrivals.values()].reduce((sum, { deliveryId, times }) => {
        const allowed = claimsOf.get(deliveryId)?.size ?? 0
        return sum + Math.max(0, times.length - 1 - allowed)
      }, 0),
  }
}
