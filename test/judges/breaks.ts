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

/** What a client of the released document would notice. */
const breaking: Readonly<Record<string, Change>> = {
  'a route is gone': [['paths', '/api/alerts'], undefined],
  'a method is gone': [['paths', '/api/webhooks/{id}', 'patch'], undefined],
  'an answer has a property less': [[...delivery, 'properties', 'statusCode'], undefined],
  'a property of an answer has another type': [[...delivery, 'properties', 'attempts'], text],
  'an answer may leave a property out': [[...delivery, 'required'], ['id']],
  'a request needs a field more': [
    [...input, 'required'],
    ['name', 'url', 'events', 'format'],
  ],
  'a field of a request is gone': [[...input, 'properties', 'throttle'], undefined],
  'a request may be of fewer values': [[...input, 'properties', 'format', 'enum'], ['betterdb']],
  'a field of a request may hold less': [[...input, 'properties', 'name', 'maxLength'], 10],
  'an answer is gone': [[...webhooks, 'post', 'responses', '201'], undefined],
  'an operation has another name': [[...webhooks, 'get', 'operationId'], 'getAllWebhooks'],
  'a parameter is needed': [[...webhooks, 'get', 'parameters', '0'], { ...query, required: true }],
  'a token is needed': [['paths', '/healthz', 'get', 'security'], [{ token: [] }]],
  'a token needs another scope': [[...webhooks, 'get', 'x-required-scopes'], ['admin']],
  'an event type is gone': [['webhooks', 'instance.down'], undefined],
  'a payload has a field less': [
    [...schemas, 'MemoryCriticalData', 'properties', 'value'],
    undefined,
  ],
}

/** What no client notices. */
const harmless: Readonly<Record<string, Change>> = {
  'a route is added': [['paths', '/api/new'], { get: { operationId: 'getNew', responses: {} } }],
  'an answer has a property more': [[...delivery, 'properties', 'team'], text],
  'a request may have a field more': [[...input, 'properties', 'team'], text],
  'a parameter may be sent': [[...webhooks, 'get', 'parameters', '9'], query],
  'something is said otherwise': [[...webhooks, 'get', 'description'], 'Other words.'],
}

/** Feeds the judge of compatibility what it is there to tell apart; answers where it does not. */
export async function tellsApart(document: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-judge-'))
  const changed = join(folder, 'changed.json')
  const released = await readFile(document, 'utf8')
  const complaints: string[] = []
  /** Whether the judge finds fault with these changes, made together. */
  const isRefused = async (changes: Readonly<Record<string, Change>>) => {
    const copy: unknown = JSON.parse(released)
    for (const [name, [pointer, value]] of Object.entries(changes))
      if (!put(copy, pointer, value)) complaints.push(`nothing to change: ${name}`)
    await writeFile(changed, JSON.stringify(copy))
    return (await compatible(changed, document)).length > 0
  }
  try {
    for (const [name, change] of Object.entries(breaking))
      if (!(await isRefused({ [name]: change }))) complaints.push(`let through: ${name}`)
    if (await isRefused(harmless)) complaints.push(`refused: ${Object.keys(harmless).join(', ')}`)
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
