import {
  aclLogState,
  clientField,
  type Denial,
  defineEvent,
  definePlugin,
  permitted,
  readAclLog,
} from 'tocsin/plugin'
import { z } from 'zod'

const clientBlocked = defineEvent({
  type: 'client.blocked',
  tier: 'community',
  severity: 'warning',
  summary: 'A client failed to log in.',
  data: z.object({
    reason: z.literal('auth').describe('What was denied.'),
    username: z.string().describe('The name that was tried; `(unknown)` where only counters tell.'),
    clientInfo: z.string().describe('Address and port of the client that tried last.'),
    count: z.int().min(1).describe('Failed logins since the look before.'),
    timestamp: z.int().min(0).optional().describe('When it last happened, epoch **seconds**.'),
    context: z.string().optional().describe('Where: `toplevel`, `multi`, `lua`, `module`.'),
  }),
  example: {
    reason: 'auth',
    username: 'app_user',
    clientInfo: '192.168.1.100:54321',
    count: 5,
    timestamp: 1706457600,
    message: 'Client blocked: authentication failure by app_user@192.168.1.100:54321 (count: 5)',
  },
  message: ({ username, clientInfo, count }) =>
    `Client blocked: authentication failure by ${username}@${clientInfo} (count: ${count})`,
})

const username = z.string().describe('The user; after a failed login, the name that was tried.')
const clientInfo = z.string().describe('Address and port of the client.')
const seen = {
  count: z.int().min(1).describe('Times it happened since the look before.'),
  timestamp: z.int().min(0).optional().describe('When it last happened, epoch milliseconds.'),
  context: z.string().optional().describe('Where: `toplevel`, `multi`, `lua`, `module`.'),
}

const auditPolicyViolation = defineEvent({
  type: 'audit.policy.violation',
  tier: 'enterprise',
  severity: 'warning',
  summary: 'A user went against the access policy; once for each user, reason and command.',
  data: z.object({
    username,
    clientInfo,
    violationType: z.string().min(1).describe('`command`, `key`, `channel`, `database`, or newer.'),
    violatedCommand: z.string().optional().describe('The command, upper case, where it is known.'),
    ...seen,
    violatedKey: z.string().optional().describe('The key or channel that was denied.'),
  }),
  example: {
    username: 'readonly_user',
    clientInfo: '10.0.1.50:43210',
    violationType: 'command',
    violatedCommand: 'SET',
    count: 3,
    message: 'ACL command violation by readonly_user@10.0.1.50:43210 (count: 3)',
    timestamp: 1706457600000,
  },
  message: ({ violationType, username, clientInfo, count }) =>
    `ACL ${violationType} violation by ${username}@${clientInfo} (count: ${count})`,
})

const aclViolation = defineEvent({
  type: 'acl.violation',
  tier: 'enterprise',
  severity: 'warning',
  summary: 'The server denied a login, a command, a key or a channel.',
  data: z.object({
    username,
    command: z.string().describe('The command that was attempted, upper case.'),
    reason: z
      .string()
      .min(1)
      .describe('`auth`, `command`, `key`, `channel`, `database`, or newer.'),
    timestamp: seen.timestamp,
    key: z.string().optional().describe('The key or channel that was denied.'),
    clientInfo: clientInfo.optional(),
    count: seen.count.optional(),
    context: seen.context,
  }),
  example: {
    username: 'app_user',
    command: 'FLUSHALL',
    reason: 'command',
    message: 'ACL access denied: app_user attempted FLUSHALL',
    timestamp: 1706457600000,
  },
  message: ({ username, command }) => `ACL access denied: ${username} attempted ${command}`,
})

/** What only counters tell of. */
const unknown = '(unknown)'

/**
 * What the ACL log shows: failed logins, and whatever else was denied. Denials that have dropped out
 * of the log are reported by their number, of an unknown user.
 */
export default definePlugin({
  name: 'acl',
  events: [clientBlocked, auditPolicyViolation, aclViolation],
  requires: {
    commands: ['info', 'acl|log', 'client|info'],
    capabilities: {
      'acl|log': {
        events: ['audit.policy.violation', 'acl.violation'],
        without: 'client.blocked tells how often a login failed, not whose.',
      },
      'client|info': { without: 'What our own connection was denied is reported too.' },
    },
  },
  config: z.object({
    ignoredCommands: z
      .array(z.string())
      .default(['CLIENT SETINFO', 'CLIENT SETNAME', 'COMMAND', 'COMMAND DOCS', 'HELLO'])
      .describe('Denied commands that are no violation: what client libraries try first.'),
  }),
  state: aclLogState,
  async poll({ valkey, now, state: last, config, emit }) {
    const { fresh, lost, state } = await readAclLog(valkey, last, now)
    if (state === last) return undefined
    const self = `${await permitted(valkey.call('CLIENT', 'INFO'))}`
    const [address, user] = [clientField(self, 'addr'), clientField(self, 'user')]
    // As `default` are others too, not only our own monitoring.
    const isOwn = (denial: Denial) =>
      denial.address === address || (denial.username === user && user !== 'default')
    const isNoise = (denial: Denial) =>
      denial.reason === 'command' && config.ignoredCommands.includes(commandOf(denial))

    const gone = { id: '', context: '', object: unknown, running: '', timestamp: now, bornAt: now }
    const nobody = { ...gone, username: unknown, address: unknown }
    const denials = fresh.filter(
      (denial) => denial.reason === 'auth' || !(isOwn(denial) || isNoise(denial)),
    )
    if (lost.auth > 0) denials.push({ ...nobody, reason: 'auth', object: 'AUTH', count: lost.auth })
    if (lost.policy > 0) denials.push({ ...nobody, reason: 'command', count: lost.policy })

    const isLogin = ({ reason }: Denial) => reason === 'auth'
    for (const denial of denials.filter(isLogin)) {
      const { timestamp, ...login } = shared(denial)
      emit(clientBlocked, { ...login, reason: 'auth', timestamp: Math.floor(timestamp / 1000) })
    }
    for (const denial of denials)
      emit(aclViolation, {
        ...shared(denial),
        command: commandOf(denial),
        reason: denial.reason,
        key: keyOf(denial),
      })
    for (const denial of aggregated(denials.filter((one) => !isLogin(one))))
      emit(auditPolicyViolation, {
        ...shared(denial),
        violationType: denial.reason,
        violatedCommand: commandOf(denial),
        violatedKey: keyOf(denial),
      })
    return state
  },
})

const shared = ({ username, address: clientInfo, count, timestamp, context }: Denial) => ({
  ...{ username, clientInfo, count, timestamp },
  ...(context && { context }),
})

/** The command that was attempted, as people write it. */
const commandOf = ({ reason, object, running }: Denial) =>
  object === unknown
    ? object
    : (/command|auth/.test(reason) ? object : running).replace('|', ' ').toUpperCase()

const keyOf = ({ reason, object }: Denial) =>
  reason === 'key' || reason === 'channel' ? object : undefined

/** One of each user, reason and command, with the client and key of the last. */
function aggregated(denials: readonly Denial[]): Denial[] {
  const groups = new Map<string, Denial>()
  for (const denial of denials) {
    const group = [denial.username, denial.reason, commandOf(denial)].join(' ')
    groups.set(group, { ...denial, count: denial.count + (groups.get(group)?.count ?? 0) })
  }
  return [...groups.values()]
}
