import type { ISql, Sql, UnsafeQueryOptions } from 'postgres'
import { createFrequent } from './frequent.ts'

type Values = Parameters<Sql['unsafe']>[1]

/**
 * The client with frequent statements prepared, once a connection: that saves the planning and a
 * round trip each time. `?prepare=false` in the URL turns it off, for poolers that cannot do it.
 */
export function preparing(client: Sql): Sql {
  const isFrequent = createFrequent()

  function wrapped<Client extends ISql>(sql: Client): Client {
    const unsafe = (text: string, parameters?: Values, options?: UnsafeQueryOptions) =>
      sql.unsafe(text, parameters, { ...options, prepare: isFrequent(text) })

    return new Proxy(sql, {
      get(target, key) {
        if (key === 'unsafe') return unsafe
        const own: unknown = Reflect.get(target, key)
        if (typeof own !== 'function' || (key !== 'begin' && key !== 'savepoint')) return own
        // What runs in a transaction does so on a client of its own.
        return (...given: unknown[]) =>
          own.apply(
            target,
            given.map((it) => (isWork(it) ? (tx: ISql) => it(wrapped(tx)) : it)),
          )
      },
    })
  }

  return wrapped(client)
}

function isWork(given: unknown): given is (client: ISql) => unknown {
  return typeof given === 'function'
}
