import type { z } from 'zod'
import { type EventDeclaration, severities, tiers } from '../plugin/event.ts'
import type { Plugin } from '../plugin/plugin.ts'
import { type Check, CheckFailure, hold } from './check.ts'
import { canonical, notJson } from './json.ts'

const pluginName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const eventType = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/
const thresholdKey = /^[a-z][A-Za-z0-9]*$/
const aclCommand = /^[a-z][a-z0-9._-]*(\|[a-z0-9._-]+)?$/

/** What can be checked without a look. */
export function declarationChecks<State extends z.ZodType, Config extends z.ZodObject>(
  plugin: Plugin<State, Config>,
): Check[] {
  const { events } = plugin
  return [
    check('has well-formed names', () => {
      hold(pluginName.test(plugin.name), `"${plugin.name}" is not lower-case words and hyphens`)
      for (const { type, tier, severity, summary } of events) {
        hold(eventType.test(type), `"${type}" is not lower-case words joined by dots`)
        hold(tiers.includes(tier), `${type}: "${tier}" is no tier`)
        hold(severities.includes(severity), `${type}: "${severity}" is no severity`)
        hold(summary.trim() !== '', `${type} has no summary`)
      }
    }),
    check('declares each event type and each threshold key once', () => {
      const keys = events.flatMap(({ threshold }) => threshold?.key ?? [])
      for (const names of [events.map(({ type }) => type), keys]) {
        const twice = names.find((name, index) => names.indexOf(name) !== index)
        hold(twice === undefined, `"${twice}" is declared twice`)
      }
    }),
    check('has thresholds that can be set', () => {
      for (const event of events) settable(event)
    }),
    check('names the commands it requires as ACL rules do', () => {
      const commands = plugin.requires?.commands ?? []
      for (const [index, command] of commands.entries()) {
        hold(aclCommand.test(command), `"${command}" is not like "ping" or "config|get"`)
        hold(commands.indexOf(command) === index, `"${command}" is required twice`)
      }
    }),
    check('says what is lost without what it can do without', () => {
      for (const [name, { events: lost = [], without }] of Object.entries(
        plugin.requires?.capabilities ?? {},
      )) {
        hold(without?.trim() !== '', `nothing is said of what is lost without "${name}"`)
        const other = lost.find((type) => !events.some((event) => event.type === type))
        hold(other === undefined, `"${name}" is about ${other}, which is not its own`)
      }
    }),
    ...events.flatMap(exampleChecks),
  ]
}

function settable({ type, threshold }: EventDeclaration): void {
  if (!threshold) return
  const { key, default: preset, min = 0, max = Number.MAX_SAFE_INTEGER, unit } = threshold
  hold(thresholdKey.test(key), `${type}: threshold key "${key}" is not camelCase`)
  for (const limit of [preset, min, max])
    hold(Number.isSafeInteger(limit), `${key}: ${limit} is not a whole number`)
  hold(min >= 0 && min <= max, `${key}: min ${min} and max ${max} leave no room`)
  hold(preset >= min && preset <= max, `${key}: default ${preset} is not within ${min} to ${max}`)
  hold(unit === undefined || unit.trim() !== '', `${key}: the unit is empty`)
  hold(
    ['above', 'below', undefined].includes(threshold.direction),
    `${key}: "${threshold.direction}" is no direction`,
  )
  if (threshold.auto) hold(min === 0, `${key}: a baseline is chosen by 0, which min forbids`)
}

function exampleChecks(event: EventDeclaration): Check[] {
  const { type, example, threshold } = event
  return [
    check(`has a valid example of ${type}`, () => {
      hold(!('message' in event.data.shape), 'the schema has `message`, which the pipeline adds')
      hold(
        !threshold || !('threshold' in event.data.shape),
        'the schema has `threshold`, which the pipeline adds',
      )
      const path = notJson(example)
      hold(path === undefined, `the example is not JSON at ${path}`)
      const given = exampleData(event)
      const parsed = parseExample(event)
      hold(
        canonical(parsed) === canonical(given),
        'the schema changes the example: undeclared fields, defaults or transforms',
      )
    }),
    check(`has a message for ${type}`, () => {
      const data = parseExample(event)
      const limit = example.threshold ?? (threshold?.default || threshold?.auto?.(data)) ?? 0
      const message = event.message(data, limit)
      hold(typeof message === 'string' && message.trim() !== '', 'the message is empty')
      hold(!/[\r\n]/.test(message), 'the message has more than one line')
      hold(message === example.message, `the example says "${example.message}", not "${message}"`)
    }),
    ...(threshold
      ? [
          check(`has a number to hold against the threshold of ${type}`, () => {
            const data = parseExample(event)
            const value = threshold.value(data)
            hold(Number.isFinite(value), `value() of the example is ${value}`)
            const baseline = threshold.auto?.(data) ?? 0
            hold(Number.isFinite(baseline), `auto() of the example is ${baseline}`)
          }),
        ]
      : []),
  ]
}

/** The example without what the pipeline adds. */
function exampleData({ example, threshold }: EventDeclaration): Readonly<Record<string, unknown>> {
  const { message: _, threshold: limit, ...data } = example
  return threshold || limit === undefined ? data : { ...data, threshold: limit }
}

function parseExample(event: EventDeclaration): Record<string, unknown> {
  const parsed = event.data.safeParse(exampleData(event))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CheckFailure(`the example does not fit: ${issue?.path.join('.')}: ${issue?.message}`)
}

const check = (name: string, run: () => void): Check => ({
  name,
  run: async () => run(),
})
