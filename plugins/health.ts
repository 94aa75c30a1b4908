import { defineEvent, definePlugin, type Valkey, ValkeyError } from 'tocsin/plugin'
import { z } from 'zod'

const detectedAt = z.iso.datetime().optional().describe('When this was seen.')

const instanceDown = defineEvent({
  type: 'instance.down',
  tier: 'community',
  severity: 'critical',
  summary: 'The server does not answer.',
  meaning: 'connection_failed',
  data: z.object({
    reason: z.string().describe('What happened instead, such as `Connection refused`.'),
    detectedAt,
  }),
  example: {
    message: 'Database instance unreachable: Connection refused',
    reason: 'Connection refused',
    detectedAt: '2024-01-28T16:00:00.000Z',
  },
  message: ({ reason }) => `Database instance unreachable: ${reason}`,
})

const instanceUp = defineEvent({
  type: 'instance.up',
  tier: 'community',
  severity: 'info',
  summary: 'The server answers again.',
  meaning: 'healthy',
  resolves: 'instance.down',
  data: z.object({
    reason: z.string().describe('What happened, such as `Connection restored`.'),
    detectedAt,
    recoveredAt: z.iso.datetime().optional().describe('When it first answered again.'),
    downSince: z.iso.datetime().optional().describe('When it first did not answer.'),
  }),
  example: {
    message: 'Database instance reachable again after 12 s',
    reason: 'Connection restored',
    detectedAt: '2024-01-28T16:00:12.000Z',
    recoveredAt: '2024-01-28T16:00:12.000Z',
    downSince: '2024-01-28T16:00:00.000Z',
  },
  message: ({ downSince, recoveredAt }) =>
    downSince && recoveredAt
      ? `Database instance reachable again after ${duration(downSince, recoveredAt)}`
      : 'Database instance reachable again',
})

function duration(from: string, to: string): string {
  const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

/** Silence counts when a second look this much later finds it too... */
const confirmMs = 1000
/** ...but not one this much later, which cannot know what was in between. */
const forgetMs = 600_000

const state = z.object({
  status: z.enum(['up', 'suspect', 'down']),
  /** When it began, epoch milliseconds; for `down`, the first look without an answer. */
  since: z.number(),
})
type State = z.infer<typeof state>

export default definePlugin({
  name: 'health',
  events: [instanceDown, instanceUp],
  requires: { commands: ['ping'] },
  state,
  async poll({ valkey, now, state, emit, recheck }): Promise<State | undefined> {
    const silence = await silenceOf(valkey)
    if (!silence) {
      if (state?.status === 'up') return undefined
      if (state?.status === 'down') {
        const recoveredAt = iso(now)
        emit(instanceUp, {
          reason: 'Connection restored',
          detectedAt: recoveredAt,
          recoveredAt,
          downSince: iso(state.since),
        })
      }
      return { status: 'up', since: now }
    }

    if (state?.status === 'down') return undefined
    const age = now - (state?.since ?? now)
    const suspect = state?.status === 'suspect' && age >= 0 && age < forgetMs ? state : undefined
    // A refusal is an answer of the host: nothing listens. Other silence may be one lost packet.
    if (silence.fault !== 'refused') {
      if (!suspect) {
        recheck(confirmMs)
        return { status: 'suspect', since: now }
      }
      if (age < confirmMs) {
        recheck(Math.max(100, confirmMs - age))
        return undefined
      }
    }
    emit(instanceDown, { reason: silence.message, detectedAt: iso(now) })
    return { status: 'down', since: suspect?.since ?? now }
  },
})

/** Why no answer came; undefined where any came, also one that refuses us: then the server is up. */
async function silenceOf(valkey: Valkey): Promise<ValkeyError | undefined> {
  try {
    await valkey.call('PING')
    return undefined
  } catch (error) {
    if (!(error instanceof ValkeyError)) throw error
    return error.unanswered ? error : undefined
  }
}

const iso = (epochMs: number) => new Date(epochMs).toISOString()
