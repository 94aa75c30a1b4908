import acl from '../../plugins/acl.ts'
import anomaly from '../../plugins/anomaly.ts'
import cluster from '../../plugins/cluster.ts'
import config from '../../plugins/config.ts'
import connections from '../../plugins/connections.ts'
import health from '../../plugins/health.ts'
import latency from '../../plugins/latency.ts'
import memory from '../../plugins/memory.ts'
import replication from '../../plugins/replication.ts'
import slowlog from '../../plugins/slowlog.ts'
import users from '../../plugins/users.ts'
import type { Plugin } from '../plugin.ts'

/** The plugins that come with Tocsin. Their order is that of seed 1's tables, tier by tier. */
export const builtInPlugins: readonly Plugin[] = [
  health,
  memory,
  slowlog,
  replication,
  cluster,
  anomaly,
  latency,
  connections,
  acl,
  users,
  config,
]
