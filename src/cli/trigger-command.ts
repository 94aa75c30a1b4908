import { type Command, InvalidArgumentError } from 'commander'
import { readSecretFiles } from '../runtimes/server/secret-files.ts'
import { readInput } from './input.ts'
import { duration } from './option-values.ts'

interface Given {
  readonly data?: string
  readonly instance?: string | { readonly host: string; readonly port: number }
  readonly subject?: string
  readonly url?: string
  readonly list?: boolean
  readonly wait?: number | true
  readonly json?: boolean
}

const defaultWaitMs = 30_000
const exampleInstance = { host: 'valkey.example.com', port: 6379 }

/** `tocsin trigger`: an example event, through a running service. */
export function triggerCommand(program: Command): void {
  program
    .command('trigger')
    .argument('[event]', 'event type; without one, the event types are listed')
    .description('publish an example event through a running service')
    .option('--data <json>', 'members that differ from the example; @file reads them, @- stdin')
    .option(
      '--instance <instance>',
      'where it happened: id, or host:port; valkey.example.com:6379 by default',
      instanceOf,
    )
    .option('--subject <text>', 'what on the instance it is about')
    .option('--url <url>', 'the service; TOCSIN_URL, or this machine, by default')
    .option('--list', 'list the event types')
    .option(
      '--wait [time]',
      'wait until the deliveries have ended; 30s at most by default',
      duration,
    )
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
The token comes from TOCSIN_TOKEN, or the file that TOCSIN_TOKEN_FILE names.

Ends with 1 where it is not accepted, or with --wait where a delivery has not succeeded.

Example:
  tocsin trigger memory.critical --data '{"value": 97.5}' --wait
  TOCSIN_TOKEN_FILE=token tocsin trigger instance.down --url https://tocsin.example.com --instance db:6379`,
    )
    .action(async (type: string | undefined, given: Given) => {
      const { listEventTypes, trigger } = await import('./trigger.ts')
      const { serviceClient } = await import('./service-client.ts')
      const ask = serviceClient(addressOf(given.url, process.env), tokenFrom(process.env))
      const print = (text: string) => void process.stdout.write(text)
      if (type === undefined || given.list) {
        await listEventTypes(ask, print)
        return
      }
      const { wait = 0, instance = exampleInstance, subject, json } = given
      const waitMs = wait === true ? defaultWaitMs : wait
      const data = given.data === undefined ? {} : await dataFrom(given.data)
      const done = await trigger({ type, data, instance, subject, waitMs, json }, ask, print)
      process.exitCode = done ? 0 : 1
    })
}

function addressOf(given: string | undefined, environment: NodeJS.ProcessEnv): string {
  const url = given ?? environment.TOCSIN_URL?.trim()
  if (!url) return `http://127.0.0.1:${environment.PORT?.trim() || 3001}`
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url
  throw new Error(
    `${JSON.stringify(url)} is no http address of a service, such as http://localhost:3001`,
  )
}

function tokenFrom({ TOCSIN_TOKEN, TOCSIN_TOKEN_FILE }: NodeJS.ProcessEnv): string | undefined {
  const { environment, faults } = readSecretFiles({ TOCSIN_TOKEN, TOCSIN_TOKEN_FILE })
  const [fault] = faults
  if (fault) throw new Error(`${fault.variable} ${fault.problem}`)
  return environment.TOCSIN_TOKEN?.trim() || undefined
}

function instanceOf(text: string): NonNullable<Given['instance']> {
  const [, host, port] = /^\[?([^\s]+?)\]?:(\d{1,5})$/.exec(text) ?? []
  if (host !== undefined) return { host, port: Number(port) }
  if (/^\S+$/.test(text)) return text
  throw new InvalidArgumentError('Give the id of an instance, or host:port.')
}

async function dataFrom(text: string): Promise<Record<string, unknown>> {
  const json = text.startsWith('@') ? (await readInput(text.slice(1))).toString() : text
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new Error('--data is no JSON object, such as {"value": 97.5}')
}
