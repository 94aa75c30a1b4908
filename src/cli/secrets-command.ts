import type { Command } from 'commander'

/** `tocsin secrets rotate`: the secrets in the database, stored anew with another key. */
export function secretsCommand(program: Command): void {
  program
    .command('secrets')
    .description('secrets in DATABASE_URL, and the key they are stored with')
    .command('rotate')
    .description('store every secret anew with ENCRYPTION_KEY')
    .option('--replace-lost', 'give up secrets that no key opens; their webhooks are disabled')
    .addHelpText(
      'after',
      '\nTo change the key, set ENCRYPTION_KEY to the new one and ENCRYPTION_KEY_PREVIOUS to the old' +
        '\n(several comma-separated), start the service with both, and run this with both. Then leave' +
        '\nENCRYPTION_KEY_PREVIOUS out. Several replicas that are replaced one by one first all need to' +
        '\nread both: give them the new key as ENCRYPTION_KEY_PREVIOUS before it becomes ENCRYPTION_KEY.' +
        '\nThe embedded database is used by one process at a time: stop the service meanwhile.' +
        '\nEnds with 1 where there are secrets that none of the keys opens.',
    )
    .action(({ replaceLost = false }: { replaceLost?: boolean }) => rotate(replaceLost))
}

async function rotate(replaceLost: boolean): Promise<void> {
  // Whoever only reads the help waits for none of it.
  const { openDatabase } = await import('../runtimes/server/database.ts')
  const { manageSecrets } = await import('../index.ts')
  const { settingsFrom } = await import('./settings.ts')
  const settings = settingsFrom(process.env)
  if (settings.encryptionKey === undefined)
    throw new Error('ENCRYPTION_KEY is not set: set the key that secrets are to be stored with.')
  const database = await openDatabase(settings.database)
  try {
    const secrets = await manageSecrets(database.db, settings)
    const { resealed, unchanged, unreadable } = await secrets.rotate()
    const plural = resealed === 1 ? 'webhook or instance' : 'webhooks and instances'
    process.stderr.write(
      `The secrets of ${resealed} ${plural} are stored anew; ${unchanged} needed no change.\n`,
    )
    for (const { kind, id, name } of unreadable)
      process.stderr.write(`No key opens those of the ${kind} "${name}", ${id}.\n`)
    if (unreadable.length === 0) return
    if (!replaceLost)
      throw new Error(
        'Add the key they were stored with to ENCRYPTION_KEY_PREVIOUS and try again, or give them up with --replace-lost.',
      )
    await secrets.replaceLost(unreadable)
    process.stderr.write(
      'Their secrets are given up: webhooks are disabled until they have new ones, instances have no password.\n',
    )
  } finally {
    await database.close()
  }
}
