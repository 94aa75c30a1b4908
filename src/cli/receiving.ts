import type { Command } from 'commander'
import type { Scheme } from '../verify.ts'
import { readInput } from './input.ts'
import { duration, httpStatus, moment, port, whole } from './option-values.ts'
import {
  readSecrets,
  requireSecrets,
  type SecretOptions,
  secretHelp,
  withSecret,
} from './secrets.ts'

type Options = SecretOptions & { readonly scheme?: Scheme; readonly json?: boolean }

const write = (text: string) => {
  process.stdout.write(text)
}

/** The commands for whoever writes a receiver. */
export function receivingCommands(program: Command): void {
  listenCommand(program)
  signCommand(program)
  verifyCommand(program)
}

function listenCommand(program: Command): void {
  withSecret(program.command('listen'))
    .description('receive deliveries on this machine, check them, and print them')
    .option('--port <port>', 'port of 127.0.0.1; 0 for a free one', port, 3002)
    .option('--status <status>', 'what to answer, to see retries', httpStatus, 200)
    .option('--delay <time>', 'how long to wait with the answer, such as 2s', duration)
    .option('--tolerance <time>', 'how far off a signed time may be; 5m by default', duration)
    .option('--count <n>', 'end after so many deliveries', (text) => whole(text, 1, 999_999, '1'))
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `${secretHelp}

Ends with 1 where a delivery was not genuine.

Example:
  WEBHOOK_SECRET=your-secret-key tocsin listen --port 3002
  curl -X POST http://localhost:3001/api/webhooks -H 'Content-Type: application/json' \\
    -d '{"name":"Here","url":"http://127.0.0.1:3002/","secret":"your-secret-key","events":["memory.critical"]}'
  tocsin trigger memory.critical`,
    )
    .action(async (given: Options & { readonly port: number; readonly status: number }) => {
      const { listen } = await import('./listen.ts')
      const ended = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ended.abort())
      const secrets = readSecrets(given, process.env)
      const genuine = await listen({ ...given, secrets, signal: ended.signal }, write)
      process.exitCode = genuine ? 0 : 1
    })
}

interface SignGiven extends Options {
  readonly scheme: Scheme
  readonly id?: string
  readonly at?: number
}

function signCommand(program: Command): void {
  withSecret(program.command('sign'), 'betterdb')
    .argument('[file]', 'the body; - for stdin', '-')
    .description('print the headers that sign a body, to test a receiver with')
    .option('--id <id>', 'webhook-id of the standard scheme; a random one by default')
    .option('--at <time>', 'when it is signed, now by default', moment)
    .option('--json', 'print them as one JSON object')
    .addHelpText(
      'after',
      `${secretHelp}
Two secrets sign as in a rotation: the new, the old.

Example:
  export WEBHOOK_SECRET=your-secret-key
  tocsin sign body.json | curl -H @- -H 'Content-Type: application/json' \\
    --data-binary @body.json http://127.0.0.1:3002/`,
    )
    .action(async (file: string, given: SignGiven) => {
      const { sign } = await import('../verify.ts')
      const secret = requireSecrets(given, process.env)
      const { scheme, id, at: timestamp } = given
      const headers = await sign({ scheme, secret, body: await readInput(file), id, timestamp })
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`)
      write(given.json ? `${JSON.stringify(headers)}\n` : lines.join(''))
    })
}

interface VerifyGiven extends Options {
  readonly headers?: string
  readonly body?: string
  readonly at?: number
  readonly tolerance?: number
}

function verifyCommand(program: Command): void {
  withSecret(program.command('verify'))
    .argument('[file]', 'the request: raw HTTP, or JSON with headers and body; - for stdin', '-')
    .description('say whether a captured request is genuine, and why not')
    .option('--headers <file>', 'only its headers, as "Name: value" lines; needs --body')
    .option('--body <file>', 'only its body; needs --headers')
    .option('--at <time>', 'judge it as of then, now by default', moment)
    .option('--tolerance <time>', 'how far off a signed time may be; 5m by default', duration)
    .option('--json', 'print the result as JSON')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .addHelpText(
      'after',
      `${secretHelp}

Ends with 0 where it is genuine, 1 where it is not, 2 where that could not be found out.

Example:
  export WEBHOOK_SECRET=your-secret-key
  tocsin verify request.http
  tocsin verify --headers headers.txt --body body.json --at 2024-01-28T16:00:00Z
  curl -s http://localhost:3001/api/webhooks/deliveries/ID |
    jq '.attemptHistory[-1].request' | tocsin verify`,
    )
    .action(async (file: string, given: VerifyGiven) => {
      process.exitCode = 2
      const { parseHeaders, parseRequest } = await import('./captured-request.ts')
      const { judge } = await import('./verify.ts')
      const secrets = requireSecrets(given, process.env)
      const { headers, body } = given
      if ((headers === undefined) !== (body === undefined)) {
        throw new Error('--headers and --body go together')
      }
      const request =
        headers !== undefined && body !== undefined
          ? {
              headers: parseHeaders((await readInput(headers)).toString('latin1')),
              body: await readInput(body),
            }
          : parseRequest(await readInput(file))
      const { result, text } = await judge(request, { ...given, secrets })
      write(given.json ? `${JSON.stringify(result)}\n` : text)
      process.exitCode = result.ok ? 0 : 1
    })
}
