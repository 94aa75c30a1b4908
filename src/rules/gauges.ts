/** Numbers of INFO that are kept for a day beside the readings that have a threshold. */
export const gauges = {
  ops: { field: 'instantaneous_ops_per_sec', title: 'Operations', unit: '/s' },
  clients: { field: 'connected_clients', title: 'Clients', unit: '' },
  memory: { field: 'used_memory', title: 'Memory', unit: 'B' },
} as const
