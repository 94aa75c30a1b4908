import type { Settings } from '../runtimes/environment.ts'
import { builtInPlugins } from '../runtimes/plugins.ts'
import type { Listen } from '../runtimes/server/listen.ts'
import { type Started, start } from '../runtimes/server/start.ts'
import { configured } from './config.ts'
import { settingsFrom } from './settings.ts'

/** Runs the service until a signal ends it. */
export async function serve(version: string): Promise<void> {
  const settings = settingsFrom(process.env)
  const { plugins, formats } = await configured(process.cwd())
  const extensions = { plugins: [...builtInPlugins, ...plugins], formats }
  const listen = await listenHere()
  const started = await start(settings, extensions, version, listen).catch((error: unknown) => {
    throw inUse(error) ? new Error(`PORT ${settings.port} is in use. ${freePort}`) : error
  })
  stopOnSignal(started)
  process.stdout.write(greeting(started, settings, version))
}

/** The runtime's own way, loaded only there. */
async function listenHere(): Promise<Listen> {
  if ('Bun' in globalThis) return (await import('../runtimes/bun.ts')).listen
  if ('Deno' in globalThis) return (await import('../runtimes/deno.ts')).listen
  return (await import('../runtimes/node.ts')).listen
}

const freePort = 'Stop what listens there, or set another: PORT=3002'

function inUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

/** The first signal stops cleanly; a second one, or the 10 s a stop may take, ends at once. */
function stopOnSignal(started: Started): void {
  let stopping = false
  const stop = async () => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(0), 9500).unref()
    await started.stop()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

function greeting(started: Started, settings: Settings, version: string): string {
  const { instances, pollIntervalMs, port } = settings
  const watched = instances.map(({ name, host, port: at }) =>
    name === `${host}:${at}` ? name : `${name} (${host}:${at})`,
  )
  const lines = [
    `Tocsin ${version} is ready at ${started.url}`,
    '',
    `  database  ${started.database.place}`,
    `  watching  ${watched.join(', ') || 'nothing yet'}${watched.length > 0 ? `, every ${pollIntervalMs / 1000} s` : ''}`,
    `  tier      ${started.tier}`,
    '',
    ...(watched.length > 0 ? nextWebhook(port, settings.token !== undefined) : nextInstance()),
    '',
  ]
  return `${lines.join('\n')}\n`
}

function nextInstance(): string[] {
  return [
    'Next: say what to watch. Stop with Ctrl-C and start again with',
    '  VALKEY_URL=redis://localhost:6379 npm start',
  ]
}

function nextWebhook(port: number, secured: boolean): string[] {
  return [
    'Next: say whom to call.',
    `  curl -X POST http://localhost:${port}/api/webhooks -H 'Content-Type: application/json' \\`,
    ...(secured ? ['    -H "Authorization: Bearer $TOCSIN_TOKEN" \\'] : []),
    `    -d '{"name": "Alerts", "url": "https://api.example.com/hook", "events": ["instance.down", "memory.critical"]}'`,
  ]
}
