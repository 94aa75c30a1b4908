import type { Log } from '../../index.ts'
import { describeError } from '../../rules/describe-error.ts'
import { type LogLevel, logLevels } from '../environment.ts'

type Write = (line: string) => void

/** One JSON object a line, as Workers Logs take them apart. */
export function createLog(least: LogLevel, write: Write = (line) => console.log(line)): Log {
  const at =
    (level: LogLevel) =>
    (message: string, properties: Record<string, unknown> = {}) => {
      if (logLevels.indexOf(level) < logLevels.indexOf(least)) return
      const plain = Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [
          name,
          // A stack helps no operator, and a statement's parameters may be secret.
          value instanceof Error ? describeError(value) : value,
        ]),
      )
      const said = message.replace(/\{(\w+)\}/g, (place, name: string) =>
        name in plain ? String(plain[name]) : place,
      )
      write(JSON.stringify({ ...plain, level, message: said }))
    }
  return { debug: at('debug'), info: at('info'), warn: at('warning'), error: at('error') }
}
