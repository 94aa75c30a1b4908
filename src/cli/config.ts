import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Format } from 'tocsin/plugin'
import { z } from 'zod'
import type { PluginEntry } from '../index.ts'

const names = ['tocsin.config.ts', 'tocsin.config.mts', 'tocsin.config.js', 'tocsin.config.mjs']

const isPlugin = (value: unknown): value is PluginEntry =>
  z.looseObject({ name: z.string(), events: z.array(z.unknown()) }).safeParse(value).success ||
  z.looseObject({ plugin: z.unknown(), config: z.looseObject({}) }).safeParse(value).success

const isFormat = (value: unknown): value is Format =>
  z.looseObject({ name: z.string(), render: z.function() }).safeParse(value).success

const shape = z.strictObject({
  plugins: z
    .array(z.custom<PluginEntry>(isPlugin, 'is not a plugin made with definePlugin'))
    .default([]),
  formats: z
    .array(z.custom<Format>(isFormat, 'is not a format made with defineFormat'))
    .default([]),
})

/** What `tocsin.config.ts` adds. */
type Configured = z.output<typeof shape>

/** The plugins and formats that `tocsin.config.ts` in `directory` adds, none where there is no such file. */
export async function configured(directory: string): Promise<Configured> {
  const path = names.map((name) => join(directory, name)).find((candidate) => existsSync(candidate))
  if (path === undefined) return { plugins: [], formats: [] }
  if (/\.m?ts$/.test(path)) await readTypeScript()
  const loaded: { default?: unknown } = await import(pathToFileURL(path).href)
  const parsed = shape.safeParse(loaded.default)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(
    `${path} must have a default export { plugins: [...], formats: [...] }: ${issue?.path.join('.')} ${issue?.message}`,
  )
}

/** Bun, Deno and newer Nodes read TypeScript by themselves; other Nodes are taught to. */
async function readTypeScript(): Promise<void> {
  if ('Bun' in globalThis || 'Deno' in globalThis) return
  if ('typescript' in process.features && process.features.typescript) return
  const { register } = await import('tsx/esm/api')
  register()
}
