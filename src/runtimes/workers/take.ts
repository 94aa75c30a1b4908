import type { Turn } from '../../index.ts'
import { createAnnouncer } from './announcer.ts'
import type { Bindings, WorkMessage } from './bindings.ts'
import { type Extensions, open } from './service.ts'
import { minuteMs } from './settings.ts'

/** Nothing is begun after so long: a cron trigger has a minute until the next one. */
const budgetMs = 20_000
/** A message of the queue cannot be sooner than this. */
const soonMs = 1000
/** Removing goes on for so many rounds at most. */
const tidyRounds = 10

/** The turns that were taken. */
export interface Taken {
  readonly turns: readonly (Turn & WorkMessage)[]
  /** Whether looks are wanted more often than a cron trigger comes. */
  readonly often: boolean
}

/** How a call takes its turns. */
interface Manner {
  /** Whether the clock has called: it mostly finds nothing to do, and reminds receivers of what stands. */
  readonly onTime?: boolean
  /** Whether to remove what is old. */
  readonly tidy?: boolean
  /** Whether to wait for looks that come soon. */
  readonly stay?: boolean
}

/** Takes one turn of each verb, one after another: together they would open too many connections. */
export async function take(
  bindings: Bindings,
  extensions: Extensions,
  verbs: readonly WorkMessage['verb'][],
  { onTime = false, tidy = false, stay = false }: Manner = {},
): Promise<Taken> {
  let sending = false
  const announcer = createAnnouncer(async () => {
    // The next cron trigger finds what nobody is told of.
    await bindings.WORK?.send({ verb: 'send' }).catch((error) => {
      console.error(`there is something to send, and nobody was told: ${error}`)
    })
  })
  const { tocsin, settings, end } = await open(bindings, extensions, (verb) => {
    // Looks are not stopped to send what they have brought.
    if (verb === 'send' && !sending) announcer.soon()
  })
  const turns: (Turn & WorkMessage)[] = []
  try {
    const due = onTime ? await tocsin.turns.due() : undefined
    // Looks may bring something to send, and something to remind of.
    const quiet = due !== undefined && due.lookInMs !== 0
    for (const verb of verbs) {
      sending = verb === 'send'
      const waitMs = sending || stay ? soonMs : 0
      const nothing = quiet && !(sending && due.owed)
      const turn = nothing
        ? { worked: false, left: false, nextInMs: sending ? undefined : due.lookInMs }
        : await tocsin.turns.take(verb, { budgetMs, waitMs })
      turns.push({ verb, ...turn })
    }
    sending = false
    if (onTime && !(quiet && !due.standing)) await tocsin.remind()
    for (let round = 0; tidy && round < tidyRounds; round += 1) {
      const { nextInMs = minuteMs } = await tocsin.tidy()
      if (nextInMs >= minuteMs) break
    }
    return { turns, often: settings.pollIntervalMs < minuteMs }
  } finally {
    await announcer.flush()
    await end()
  }
}
