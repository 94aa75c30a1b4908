import { defineEvent, definePlugin, type Info, permitted, type Reply } from 'tocsin/plugin'
import { z } from 'zod'

/** After something moved the nodes are read at every look: an election takes a moment. */
const settleMs = 15_000
/** And now and then: replicas may change their primary without an election. */
const checkMs = 180_000

const overview = {
  clusterState: z.string().describe('`ok` or `fail`; `ok` for a server without cluster mode.'),
  previousState: z.string().optional().describe('The state at the look before.'),
  slotsAssigned: z.int().min(0).describe('Hash slots that have an owner; 0 without cluster mode.'),
  slotsFailed: z.int().min(0).describe('Hash slots whose owner has failed.'),
  knownNodes: z.int().min(0).describe('Nodes this one knows of, itself included.'),
  timestamp: z.int().min(0).optional().describe('When it was seen, epoch milliseconds.'),
  owner: z.string().optional().describe('host:port that serves the data now.'),
  previousOwner: z.string().optional().describe('host:port that served it before.'),
}
/**
 * The cluster failed; some of its slots did; a replica took over from a primary that died, or lives;
 * without cluster mode, this server became primary, or a replica of its own replica.
 */
const kinds = ['state', 'slots', 'crash', 'planned', 'promoted', 'demoted'] as const

const clusterFailover = defineEvent({
  type: 'cluster.failover',
  tier: 'pro',
  severity: 'critical',
  summary: 'A cluster failed, or a replica took over from its primary.',
  data: z.object({ ...overview, kind: z.enum(kinds).optional().describe('What happened.') }),
  example: {
    clusterState: 'fail',
    previousState: 'ok',
    slotsAssigned: 16384,
    slotsFailed: 128,
    knownNodes: 6,
    message: 'Cluster state changed from ok to fail',
    timestamp: 1706457600000,
  },
  message(data) {
    const { kind = 'state', owner, previousOwner = 'an unknown server' } = data
    if (kind === 'slots') return `Cluster slots failed: ${data.slotsFailed}/${data.slotsAssigned}`
    if (kind === 'state')
      return `Cluster state changed from ${data.previousState ?? 'unknown'} to ${data.clusterState}`
    return `Failover (${kind}): ${owner} took over from ${previousOwner}`
  },
})

const state = z.object({
  runId: z.string(),
  role: z.string(),
  replid: z.string(),
  /** host:port of the primary, while this is a replica. */
  primary: z.string(),
  /** Our replication id when we stopped being primary, until the link to the new one is up. */
  demotedFrom: z.string().optional(),
  cluster: z
    .object({
      state: z.string(),
      /** Changes with every election, failure, and node that comes or goes. */
      signature: z.string(),
      /** A failure was reported and is not over. */
      down: z.boolean(),
      /** Replica to primary, by node id. */
      replicas: z.record(z.string(), z.string()),
      /** Until when the nodes are read at every look; or when they last were. */
      settledAt: z.int(),
    })
    .optional(),
})
type State = z.infer<typeof state>
type Cluster = NonNullable<State['cluster']>
type Failover = z.input<typeof clusterFailover.data>

/** Every watched server reports what it sees itself, once for each failover. */
export default definePlugin({
  name: 'cluster',
  events: [clusterFailover],
  requires: {
    commands: ['info', 'cluster|info', 'cluster|nodes'],
    capabilities: {
      'cluster|info': { without: 'Of a cluster only what happens to this server itself is seen.' },
      'cluster|nodes': { without: 'A planned failover of a cluster is not seen.' },
      'cluster-mode': { without: 'Not in a cluster: failovers of a replica pair are seen.' },
    },
  },
  state,
  async poll({ instance, valkey, now, state: remembered, emit, recheck, capability }) {
    // Asked together with INFO, not after it: one round trip.
    if (remembered?.cluster) valkey.call('CLUSTER', 'INFO')
    const info = await valkey.info()
    const text = (field: string) => info.text(field) ?? ''
    const [runId, role, replid] = [text('run_id'), text('role'), text('master_replid')]
    const primary = `${text('master_host')}:${text('master_port')}`
    const last = remembered?.runId === runId ? remembered : undefined
    const before = last?.cluster
    const ask = (what: string) => permitted(valkey.call('CLUSTER', what))
    const clustered = text('cluster_enabled') === '1'
    capability('cluster-mode', clustered)
    const reply = clustered ? await ask('INFO') : undefined
    if (reply === undefined) {
      const { kind, demotedFrom } = roleEdge(info, last)
      const self = `${instance.host}:${instance.port}`
      const [owner, previousOwner] = kind === 'demoted' ? [primary, self] : [self, last?.primary]
      const knownNodes = 1 + (info.number('connected_slaves') ?? 0) + (role === 'slave' ? 1 : 0)
      const view = { clusterState: 'ok', slotsAssigned: 0, slotsFailed: 0, knownNodes }
      if (kind) emit(clusterFailover, { ...view, timestamp: now, owner, previousOwner, kind })
      return { runId, role, replid, primary, ...(demotedFrom && { demotedFrom }) }
    }

    const { epoch, ...view } = readOverview(reply, before, now)
    const signature = [epoch, view.knownNodes, view.clusterState, view.slotsFailed].join('/')
    const moved = signature !== before?.signature
    const due = !moved && now - before.settledAt >= checkMs
    const settledAt = moved ? now + (before ? settleMs : 0) : due ? now : before.settledAt
    const reading = due || before === undefined || now < settledAt
    const nodes = reading ? await ask('NODES') : undefined
    const { takeovers, replicas } = readNodes(nodes, before?.replicas ?? {}, view)
    const { failovers, down } = judge(view, before?.down, takeovers)
    for (const failover of failovers) emit(clusterFailover, failover)
    if (before && now < settledAt) recheck(1000)
    const cluster = { state: view.clusterState, signature, down, replicas, settledAt }
    return { runId, role, replid, primary, cluster }
  },
})

/** CLUSTER INFO in the seed's terms. */
function readOverview(reply: Reply, before: Cluster | undefined, timestamp: number) {
  const text = (field: string) => new RegExp(`^cluster_${field}:(\\S+)`, 'm').exec(`${reply}`)?.[1]
  const number = (field: string) => Number(text(field) ?? 0)
  return {
    clusterState: text('state') ?? 'unknown',
    previousState: before?.state,
    slotsAssigned: number('slots_assigned'),
    slotsFailed: number('slots_fail'),
    knownNodes: number('known_nodes'),
    timestamp,
    epoch: number('current_epoch'),
  }
}

/** One failure is one event: while one is reported, a replica that takes over only mends it. */
function judge(view: Failover, wasDown: boolean | undefined, failovers: readonly Failover[]) {
  const down = view.clusterState !== 'ok' || view.slotsFailed > 0
  if (wasDown) return { failovers: failovers.filter(({ kind }) => kind === 'planned'), down }
  if (wasDown === undefined || !down) return { failovers, down }
  const kind = view.clusterState === 'ok' ? 'slots' : 'state'
  return { failovers: [{ ...view, ...failovers[0], kind } satisfies Failover], down }
}

/** A replica that has slots now took them over: resharding moves them between primaries only. */
function readNodes(reply: Reply | undefined, replicas: Cluster['replicas'], view: Failover) {
  if (typeof reply !== 'string') return { takeovers: [], replicas }
  const nodes = new Map(reply.split('\n').map((line) => [line.split(' ', 1)[0], line.split(' ')]))
  const address = (id: string) => nodes.get(id)?.[1]?.replace(/[@,].*/, '')
  const takeovers = Object.entries(replicas).flatMap(([id, from]): Failover[] => {
    const slots = nodes.get(id)?.slice(8) ?? []
    // `[93-<-id]` is a slot on its way, which counts where it has arrived.
    if (!slots.some((slot) => /^\d/.test(slot))) return []
    const kind = /\bfail\b|^$/.test(nodes.get(from)?.[2] ?? '') ? 'crash' : 'planned'
    return [{ ...view, owner: address(id), previousOwner: address(from), kind }]
  })
  const links = [...nodes].map(([id, fields]) => [id, fields[3] ?? '-'] as const)
  return { takeovers, replicas: Object.fromEntries(links.filter(([, primary]) => primary !== '-')) }
}

// Becoming a replica is a failover only where the new primary carries our own data on, which the
// second replication id tells once the link is up.
function roleEdge(info: Info, last: State | undefined) {
  const role = info.text('role')
  if (last?.role === 'slave' && role === 'master') return { kind: 'promoted' } as const
  const demotedFrom = last?.role === 'master' ? last.replid : last?.demotedFrom
  if (role !== 'slave' || demotedFrom === undefined) return {}
  if (info.text('master_link_status') !== 'up') return { demotedFrom }
  return info.text('master_replid2') === demotedFrom ? ({ kind: 'demoted' } as const) : {}
}
