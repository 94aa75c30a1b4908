import {
  countsSubcommands,
  defineEvent,
  definePlugin,
  type Info,
  lastToRun,
  permitted,
  type Reply,
  successes,
} from 'tocsin/plugin'
import { z } from 'zod'

/** How often the users are read although no counter moved, which before 7.0 none does. */
const checkEvery = (info: Info) => (countsSubcommands(info) ? 180_000 : 10_000)

const aclModified = defineEvent({
  type: 'acl.modified',
  tier: 'enterprise',
  severity: 'warning',
  summary: 'Users or their permissions changed.',
  data: z.object({
    modifiedBy: z.string().optional().describe('Who did it, where that client is still connected.'),
    changeType: z
      .enum(['user_added', 'user_removed', 'user_updated', 'permissions_changed'])
      .describe('`user_updated`: password, or on and off. `permissions_changed`: what it may do.'),
    affectedUser: z.string().optional().describe('The user; absent where only counters tell.'),
    timestamp: z.int().min(0).optional().describe('When it was seen, epoch milliseconds.'),
    reverted: z
      .boolean()
      .optional()
      .describe('True: something changed and was put back before the next look.'),
  }),
  example: {
    modifiedBy: 'admin',
    changeType: 'user_added',
    affectedUser: 'new_user',
    message: 'ACL configuration changed: user_added (user: new_user)',
    timestamp: 1706457600000,
  },
  message: ({ changeType, affectedUser }) =>
    `ACL configuration changed: ${changeType}${affectedUser === undefined ? '' : ` (user: ${affectedUser})`}`,
})

const state = z.object({
  runId: z.string(),
  /** Calls that set or deleted users, or loaded them from a file. */
  calls: z.object({ setuser: z.number(), deluser: z.number(), load: z.number() }),
  /** More users changed than calls were counted: the next count may belong to them. */
  ahead: z.boolean(),
  checkedAt: z.int(),
  /** User, checksum of what it may do, how it logs in; absent while denied. */
  users: z.array(z.tuple([z.string(), z.number(), z.string()])).optional(),
})
type Users = NonNullable<z.infer<typeof state>['users']>

/** Reads the users only when a counter of what changes them moved, and every few minutes. */
export default definePlugin({
  name: 'users',
  events: [aclModified],
  requires: {
    commands: ['info', 'acl|list', 'client|list'],
    capabilities: { 'client|list': { without: 'acl.modified does not say who did it.' } },
  },
  state,
  async poll({ valkey, now, state: remembered, emit }) {
    const info = await valkey.info()
    const runId = info.text('run_id') ?? ''
    const count = (command: string) => successes(info, `acl|${command}`)
    const calls = { setuser: count('setuser'), deluser: count('deluser'), load: count('load') }
    const last = remembered?.runId === runId ? remembered : undefined
    const before = last?.calls ?? calls
    const set = calls.setuser - before.setuser
    const deleted = calls.deluser - before.deluser
    const loaded = calls.load - before.load
    const moved = set !== 0 || deleted !== 0 || loaded !== 0
    const due = last === undefined || now - last.checkedAt >= checkEvery(info)
    if (!due && !moved && last.users) return { ...last, calls }

    const [reply, clients] = await Promise.all([
      permitted(valkey.call('ACL', 'LIST')),
      moved ? permitted(valkey.call('CLIENT', 'LIST')) : undefined,
      // Whether we may, for people to see: this one is cheap.
      last === undefined ? permitted(valkey.call('CLIENT', 'LIST', 'TYPE', 'pubsub')) : undefined,
    ])
    const users = reply === undefined ? undefined : readUsers(reply)
    const next = { runId, calls, ahead: false, checkedAt: now }
    if (users === undefined) return next
    const changes = last?.users ? differences(last.users, users) : []
    const hidden = last?.users && !last.ahead ? reverted(changes, set, deleted) : []
    const modifiedBy = lastToRun(clients, /^acl\|(setuser|deluser|load)$/)
    for (const change of [...changes, ...hidden])
      emit(aclModified, { modifiedBy, ...change, timestamp: now })
    return { ...next, ahead: loaded === 0 && changes.length > set + deleted, users }
  },
})

/**
 * Rules as sets: their order and default words differ between versions. Of passwords only how many
 * there are and a checksum of eight bits are kept, which helps nobody guess them.
 */
function readUsers(reply: Reply): Users {
  const lines = Array.isArray(reply) ? reply.map(String) : []
  return lines.map((line) => {
    const [, name = '', rules = ''] = /^user (\S+) ?(.*)$/.exec(line) ?? []
    const words = (rules.match(/\([^)]*\)|\S+/g) ?? []).sort()
    const passwords = words.filter((word) => word.startsWith('#'))
    const login = words.filter((word) => /^(on|off|nopass)$/.test(word))
    const may = words.filter((word) => ![...passwords, ...login, ...implied].includes(word))
    const secret = `${passwords.length}.${checksum(passwords.join()) & 0xff}`
    return [name, checksum(may.join(' ')), [...login, secret].join(' ')]
  })
}

const implied = ['sanitize-payload', 'resetchannels']

/** FNV-1a, 32 bits. */
function checksum(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  return hash
}

type Change = Pick<z.input<typeof aclModified.data>, 'changeType' | 'affectedUser' | 'reverted'>

function differences(before: Users, after: Users): Change[] {
  const was = new Map(before.map(([user, ...rules]) => [user, rules]))
  const is = new Set(after.map(([user]) => user))
  const removed = [...was.keys()].filter((user) => !is.has(user))
  return [
    ...removed.map((user) => ({ changeType: 'user_removed', affectedUser: user }) as const),
    ...after.flatMap(([affectedUser, may, login]): Change[] => {
      const [mayBefore, loginBefore] = was.get(affectedUser) ?? []
      if (mayBefore === undefined) return [{ changeType: 'user_added', affectedUser }]
      if (mayBefore !== may) return [{ changeType: 'permissions_changed', affectedUser }]
      return loginBefore === login ? [] : [{ changeType: 'user_updated', affectedUser }]
    }),
  ]
}

/** What was counted and left no trace in the users. */
function reverted(changes: readonly Change[], set: number, deleted: number): Change[] {
  if (deleted > 0 && !changes.some(({ changeType }) => changeType === 'user_removed'))
    return [{ changeType: 'user_removed', reverted: true }]
  return set > 0 && changes.length === 0 ? [{ changeType: 'user_updated', reverted: true }] : []
}
