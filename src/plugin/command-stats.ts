import type { Info } from './valkey.ts'

/** How often a command such as `config|set` has succeeded, of `cmdstat_config|set:calls=2,…,failed_calls=1`. */
export function successes(info: Info, command: string): number {
  const stats = info.text(`cmdstat_${command}`) ?? ''
  const count = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(stats)?.[1] ?? 0)
  return count('calls') - count('failed_calls')
}

/** Whether this server counts calls of subcommands apart, as those since 7.0 do. */
export function countsSubcommands(info: Info): boolean {
  return Number.parseInt(info.text('redis_version') ?? '7', 10) >= 7
}
