import { installValkey } from '../../src/cli/valkey-server.ts'

/** Finds or installs a Valkey or Redis server once, before the files that start one. */
export async function setup(): Promise<void> {
  await installValkey()
}
