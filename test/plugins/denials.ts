/** An entry of ACL LOG as RESP2 gives it; without `id` as servers before 7.2 do. */
export function denial({
  id,
  reason = 'auth',
  object = 'AUTH',
  username = 'bob',
  count = 1,
  age = 1,
  addr = '10.0.0.1:5000',
  cmd = 'auth',
  user = 'default',
}: {
  readonly id?: number
  readonly reason?: string
  readonly object?: string
  readonly username?: string
  readonly count?: number
  /** Seconds. */
  readonly age?: number
  readonly addr?: string
  readonly cmd?: string
  readonly user?: string
} = {}) {
  const client = `id=7 addr=${addr} laddr=10.0.0.2:6379 name= cmd=${cmd} user=${user} redir=-1`
  const numbered = id === undefined ? [] : ['entry-id', id, 'timestamp-created', 1706457600000]
  return [
    ...['count', count, 'reason', reason, 'context', 'toplevel', 'object', object],
    ...['username', username, 'age-seconds', `${age}.5`, 'client-info', client, ...numbered],
  ]
}
