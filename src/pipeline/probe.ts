import type { Probe } from '../rules/probe.ts'
import { lookAt } from '../valkey/look.ts'
import type { Connect } from './connections.ts'
import { facts } from './look.ts'

/** Connects once, asks who is there, and goes. */
export async function probe(url: string, connect: Connect, now: () => number): Promise<Probe> {
  const startedAt = now()
  const connection = connect(url)
  try {
    const { state, server, version, role, lastError } = await facts(lookAt(connection))
    return {
      reachable: state === 'up',
      ...(server !== null && { server }),
      ...(version !== null && { version }),
      ...(role !== null && { role }),
      ...(lastError !== null && { error: lastError }),
      durationMs: now() - startedAt,
    }
  } finally {
    connection.close()
  }
}
