import type { ValkeyConnection } from '../valkey/connection.ts'

/** Opens a connection to the server at this URL, lazily. */
export type Connect = (url: string) => ValkeyConnection

/** One kept connection an instance: at its client limit a server would refuse a new one. */
export interface Connections {
  /** The connection of this instance; a new one where its URL has changed. */
  to(instanceId: string, url: string): ValkeyConnection
  /** Ends those not asked for since `before`: their instances are gone, or another replica's. */
  sweep(before: number): void
  close(): void
}

export function createConnections(connect: Connect, now: () => number): Connections {
  const open = new Map<string, { url: string; connection: ValkeyConnection; usedAt: number }>()

  function end(instanceId: string): void {
    open.get(instanceId)?.connection.close()
    open.delete(instanceId)
  }

  return {
    to(instanceId, url) {
      if (open.get(instanceId)?.url !== url) end(instanceId)
      const connection = open.get(instanceId)?.connection ?? connect(url)
      open.set(instanceId, { url, connection, usedAt: now() })
      return connection
    },
    sweep(before) {
      for (const [id, { usedAt }] of open) if (usedAt < before) end(id)
    },
    close() {
      for (const id of [...open.keys()]) end(id)
    },
  }
}
