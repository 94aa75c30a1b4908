import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compatible } from './document.ts'

/** Where a change is made, and what is put there; undefined takes away what is there. */
type Change = readonly [pointer: readonly string[], value: unknown]

const webhooks = ['paths', '/api/webhooks']
const schemas = ['components', 'schemas']
const delivery = [...schemas, 'Delivery']
const input = [...schemas, 'WebhookInput']
const text = { type: 'string', description: 'New.' }
const query = { name: 'team', in: 'query', schema: text }

/** What a client of the released document would notice, and what is to be said of it. */
const breaking: readonly (readonly [...Change, said: string])[] = [
  [['paths', '/api/alerts'], undefined, 'Path `/api/alerts` was removed'],
  [['paths', '/api/webhooks/{id}', 'patch'], undefined, '`PATCH /api/webhooks/{id}` was removed'],
  [[...delivery, 'properties', 'statusCode'], undefined, '`statusCode` of `Delivery` was removed'],
  [[...delivery, 'properties', 'attempts'], text, 'Type of `attempts`'],
  [[...delivery, 'required'], ['id'], '`Delivery` are no longer required'],
  [[...input, 'required'], ['name', 'url', 'events', 'format'], 'became required: `format`'],
  [[...input, 'properties', 'throttle'], undefined, '`throttle` of `WebhookInput` was removed'],
  [[...input, 'properties', 'format', 'enum'], ['betterdb'], 'Enum of `format` lost values'],
  [[...input, 'properties', 'name', 'maxLength'], 10, '`maxLength` of `name` changed'],
  [[...webhooks, 'post', 'responses', '201'], undefined, 'Response `201` was removed'],
  [[...webhooks, 'get', 'operationId'], 'getAllWebhooks', "changed from 'listWebhooks'"],
  [[...webhooks, 'get', 'parameters', '0'], { ...query, required: true }, 'Required `team` query'],
  [['paths', '/healthz', 'get', 'security'], [{ token: [] }], 'Authentication became required'],
  [[...webhooks, 'get', 'x-required-scopes'], ['admin'], 'asks for the scope admin'],
  [['webhooks', 'instance.down'], undefined, 'Webhook `instance.down` was removed'],
  [[...schemas, 'MemoryCriticalData', 'properties', 'value'], undefined, '`value` of `data`'],
]

/** What no client notices. */
const harmless: readonly Change[] = [
  [['paths', '/api/new'], { get: { operationId: 'getNew', responses: {} } }],
  [[...delivery, 'properties', 'team'], text],
  [[...input, 'properties', 'team'], text],
  [[...webhooks, 'get', 'parameters', '9'], query],
  [[...webhooks, 'get', 'description'], 'Other words.'],
]

/** Feeds the judge of compatibility what it is there to tell apart; answers where it does not. */
export async function tellsApart(document: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-judge-'))
  const changed = join(folder, 'changed.json')
  const released = await readFile(document, 'utf8')
  const complaints: string[] = []
  /** What the judge says of these changes, made together. */
  const said = async (changes: readonly Change[]) => {
    const copy: unknown = JSON.parse(released)
    for (const [pointer, value] of changes)
      if (!put(copy, pointer, value)) complaints.push(`nothing to change: ${pointer.join('/')}`)
    await writeFile(changed, JSON.stringify(copy))
    return compatible(changed, document)
  }
  try {
    const found = await said(breaking.map(([pointer, value]) => [pointer, value]))
    for (const [, , words] of breaking)
      if (!found.some((one) => one.includes(words))) complaints.push(`let through: ${words}`)
    complaints.push(...(await said(harmless)))
  } finally {
    await rm(folder, { recursive: true })
  }
  return complaints
}

/** Changes a document in place; whether that made a difference. */
function put(document: unknown, pointer: readonly string[], value: unknown): boolean {
  const parent = pointer
    .slice(0, -1)
    .reduce<unknown>((it, step) => Object(it)[step] ?? undefined, document)
  const last = pointer.at(-1) ?? ''
  if (typeof parent !== 'object' || parent === null) return false
  const before = JSON.stringify(parent)
  if (Array.isArray(parent)) parent.splice(Number(last), 1, value)
  else Object.assign(parent, { [last]: value })
  return JSON.stringify(parent) !== before
}
