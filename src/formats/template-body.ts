import { liquidFault, renderLiquid } from './liquid.ts'

/** What templates may name. */
type Scope = Readonly<Record<string, unknown>>

/** More than these no template needs; deeper or larger ones are mistakes or attacks. */
const mostValues = 2000
const mostDepth = 32
/** Bytes of a body: what most receivers still take. */
const mostBytes = 256 * 1024

/** What is wrong with a template, and where; undefined where nothing is. */
export function templateFault(template: unknown) {
  let left = mostValues
  const check = (value: unknown, path: readonly (string | number)[]): Fault | undefined => {
    left -= 1
    if (left < 0) return { message: `It has more than ${mostValues} values`, path: [] }
    if (path.length > mostDepth) return { message: `It is deeper than ${mostDepth}`, path }
    if (typeof value === 'string') return fault(liquidFault(value), path)
    if (typeof value !== 'object' || value === null) return undefined
    const raw = rawPath(value)
    if (raw !== undefined)
      return fault(/^\w+(\.\w+)*$/.test(raw) ? undefined : 'name a value, such as data.value', path)
    for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
      const found = check(inner, [...path, key])
      if (found !== undefined) return found
    }
    return undefined
  }
  return check(template, [])
}

interface Fault {
  readonly message: string
  readonly path: readonly (string | number)[]
}

function fault(reason: string | undefined, path: readonly (string | number)[]): Fault | undefined {
  return reason === undefined ? undefined : { message: `It cannot be read: ${reason}`, path }
}

/** A body may take so many milliseconds, and is tried so often: the processor may have been away. */
const renderMs = 100
const tries = 3

/** The body a template makes of `scope`. Throws where it takes too long or grows too large. */
export function renderTemplate(template: unknown, scope: Scope): string {
  for (let left = tries - 1; ; left -= 1) {
    const end = performance.now() + renderMs
    try {
      return body(template, scope, end)
    } catch (error) {
      if (left === 0 || performance.now() < end) throw error
    }
  }
}

function body(template: unknown, scope: Scope, end: number): string {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return renderLiquid(value, scope, end - performance.now())
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(fill)
    const raw = rawPath(value)
    if (raw !== undefined) return at(scope, raw)
    // By entries: a key such as __proto__ is a key like any other.
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]))
  }
  const text = JSON.stringify(fill(template))
  if (new TextEncoder().encode(text).length > mostBytes)
    throw new Error(
      `The template makes a body of more than ${mostBytes} bytes; leave something out.`,
    )
  return text
}

function rawPath(value: object): string | undefined {
  const [key, ...others] = Object.keys(value)
  const path: unknown = Reflect.get(value, '$raw')
  return key === '$raw' && others.length === 0 && typeof path === 'string' ? path : undefined
}

/** The value of that path; null where there is none. */
function at(scope: Scope, path: string): unknown {
  const value = path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
          ? Reflect.get(inner, key)
          : undefined,
      scope,
    )
  return value ?? null
}
