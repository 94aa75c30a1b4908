import {
  configure,
  getAnsiColorFormatter,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
} from '@logtape/logtape'
import type { Log } from '../../index.ts'
import { describeError } from '../../rules/describe-error.ts'
import { scrub } from '../../rules/scrub.ts'
import type { LogLevel } from '../environment.ts'

/** Starts structured logs on stderr: coloured lines on a terminal, else a JSON object a line. */
export async function startLog(level: LogLevel, format?: 'pretty' | 'json'): Promise<Log> {
  const colour = process.stderr.isTTY && !process.env.NO_COLOR
  const pretty = format === undefined ? process.stderr.isTTY : format === 'pretty'
  const write = pretty
    ? (colour ? getAnsiColorFormatter : getTextFormatter)({ timestamp: 'time', category: () => '' })
    : getJsonLinesFormatter({ properties: 'flatten' })
  await configure({
    sinks: { stderr: (record) => void process.stderr.write(scrub(write(record))) },
    loggers: [
      { category: 'tocsin', lowestLevel: level, sinks: ['stderr'] },
      { category: ['logtape', 'meta'], lowestLevel: 'error', sinks: ['stderr'] },
    ],
    reset: true,
  })
  const logger = getLogger('tocsin')
  return {
    debug: (message, properties) => logger.debug(message, plain(properties)),
    info: (message, properties) => logger.info(message, plain(properties)),
    warn: (message, properties) => logger.warn(message, plain(properties)),
    error: (message, properties) => logger.error(message, plain(properties)),
  }
}

/** Errors as one line each: a stack helps no operator, and a statement's parameters may be secret. */
function plain(properties: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      value instanceof Error ? describeError(value) : value,
    ]),
  )
}
