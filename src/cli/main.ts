import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { describeError } from '../rules/describe-error.ts'
import { root } from '../runtimes/server/root.ts'
import { receivingCommands } from './receiving.ts'
import { secretsCommand } from './secrets-command.ts'
import { BadEnvironment } from './settings.ts'
import { tokenCommands } from './token.ts'
import { triggerCommand } from './trigger-command.ts'

const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  version: string
}

// Whoever reads what we write may stop reading, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const program = new Command('tocsin')
  .description('Watches Valkey and Redis instances and calls your webhooks.')
  .version(version)
  .showHelpAfterError('Run with --help to see what there is.')

program
  .command('start')
  .description('run the service; settings come from the environment (see the README)')
  .action(async () => {
    const { serve } = await import('./serve.ts')
    await serve(version)
  })
program
  .command('migrate')
  .description('bring the tables of DATABASE_URL up to date, and end')
  .action(async () => {
    const { migrate } = await import('./migrate.ts')
    await migrate()
  })
program
  .command('openapi')
  .description('write the OpenAPI document to stdout')
  .action(async () => {
    const { printDocument } = await import('./openapi.ts')
    await printDocument(version)
  })
tokenCommands(program)
secretsCommand(program)
program
  .command('doctor')
  .argument('[urls...]', 'servers to look at, redis://user:password@host:6379; default: VALKEY_URL')
  .option('--json', 'write the findings as JSON')
  .option('--acl [user]', 'write only the line that makes a monitoring user')
  .description('check settings, database and servers; say what is missing and what mends it')
  .addHelpText(
    'after',
    '\nLooks at each server once, as the service would: what its user may not do, what it does not know' +
      '\nand what is turned off there. Changes nothing. Ends with 1 where something is wrong: a setting, the' +
      '\ndatabase, a server that cannot be reached, or a permission that is missing.',
  )
  .action(async (urls: string[], options: { json?: boolean; acl?: string | true }) => {
    const { doctor } = await import('./doctor.ts')
    await doctor(urls, options)
  })
program
  .command('detect')
  .argument('<file>', 'CSV with the columns timestamp and value; - for stdin')
  .description('score a series for anomalies, as the anomaly plugin would')
  .action(async (file: string) => {
    const { detect } = await import('./detect.ts')
    await detect(file)
  })
program
  .command('demo')
  .description('service, server and receiver together: fill a memory, see the webhook arrive')
  .action(async () => {
    const { demo } = await import('./demo.ts')
    await demo(version)
  })
receivingCommands(program)
triggerCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  const said = error instanceof BadEnvironment ? error.message : describeError(error)
  process.stderr.write(`${said.replace(/^/gm, 'tocsin: ')}\n`)
  process.exitCode ||= 1
}
