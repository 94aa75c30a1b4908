import { type Command, InvalidArgumentError, Option } from 'commander'
import type { manageTokens } from '../index.ts'
import { type Scope, scopeNames, scopes } from '../rules/scope.ts'

const dayMs = 86_400_000

/** `tocsin token create|list|revoke`: tokens without one, for those who hold the database. */
export function tokenCommands(program: Command): void {
  const token = program
    .command('token')
    .description('API tokens in DATABASE_URL; where a service holds it, use POST /api/tokens there')

  token
    .command('create')
    .description('make a token and print it, this once')
    .requiredOption('--name <name>', 'what people call it', readName)
    .addOption(
      new Option('--scope <scope...>', 'what it may do, repeated for several')
        .choices(scopeNames)
        .makeOptionMandatory(),
    )
    .option('--days <days>', 'how long it holds; without it, until it is revoked', readDays)
    .addHelpText(
      'after',
      `\nScopes:\n${scopeNames.map((name) => `  ${name.padEnd(8)} ${scopes[name]}\n`).join('')}`,
    )
    .action(async ({ name, scope, days }: { name: string; scope: Scope[]; days?: number }) => {
      const expiresAt = days === undefined ? null : new Date(Date.now() + days * dayMs)
      const made = await onDatabase((tokens) =>
        tokens.create({ name, scopes: [...new Set(scope)], expiresAt }),
      )
      process.stderr.write(
        `${made.id}: ${made.name}, ${made.scopes.join(', ')}. Shown this once:\n`,
      )
      process.stdout.write(`${made.token}\n`)
    })

  token
    .command('list')
    .description('print the tokens, a JSON object a line, newest first')
    .action(async () => {
      const all = await onDatabase((tokens) => tokens.list())
      process.stdout.write(all.map((one) => `${JSON.stringify(one)}\n`).join(''))
    })

  token
    .command('revoke')
    .argument('<id>', 'as `token list` shows it')
    .description('end a token; requests with it are refused from now on')
    .action(async (id: string) => {
      if (!(await onDatabase((tokens) => tokens.revoke(id))))
        throw new Error(
          `There is no token ${id} to revoke; TOCSIN_TOKEN is changed where it is set.`,
        )
      process.stderr.write(`${id} is revoked.\n`)
    })
}

async function onDatabase<Result>(
  work: (tokens: ReturnType<typeof manageTokens>) => Promise<Result>,
): Promise<Result> {
  // Whoever only reads the help waits for none of it.
  const { openDatabase } = await import('../runtimes/server/database.ts')
  const { manageTokens } = await import('../index.ts')
  const { settingsFrom } = await import('./settings.ts')
  const database = await openDatabase(settingsFrom(process.env).database)
  try {
    return await work(manageTokens(database.db))
  } finally {
    await database.close()
  }
}

function readName(text: string): string {
  const name = text.trim()
  if (name === '' || name.length > 255) throw new InvalidArgumentError('It is 1 to 255 characters.')
  return name
}

function readDays(text: string): number {
  const days = Number(text)
  if (/^\d+$/.test(text) && days >= 1 && days <= 3650) return days
  throw new InvalidArgumentError('It is a whole number from 1 to 3650.')
}
