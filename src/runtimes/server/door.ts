import { refuse } from '../../rules/refusal.ts'
import type { Listen, Listening } from './listen.ts'

/** An open port, behind which the service is still being made. */
export interface Door extends Listening {
  /** From now on requests are answered by `fetch`; until then they are told to ask again. */
  lead(fetch: Parameters<Listen>[0]): void
}

/** Listens before there is anything to serve: a port that is taken is known before a database is made. */
export async function openDoor(listen: Listen, at: Parameters<Listen>[1]): Promise<Door> {
  let answer: Parameters<Listen>[0] = async () => refuse(503)
  const { port, close } = await listen((request, client) => answer(request, client), at)
  return {
    port,
    close,
    lead(fetch) {
      answer = fetch
    },
  }
}
