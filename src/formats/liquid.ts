import { Liquid, type Template } from 'liquidjs'

/** A rendering may make texts of so many characters on its way. */
const memory = 2_000_000

/** Only what the template is given is seen, no other file or inherited name. */
const engine = new Liquid({
  strictFilters: true,
  ownPropertyOnly: true,
  templates: {},
  parseLimit: 100_000,
  memoryLimit: memory,
})

/** Templates are few and used often; the oldest is forgotten. */
const parsed = new Map<string, Template[]>()
const mostParsed = 1000

/** A template made ready once. Throws where it is none. */
function parseLiquid(text: string): Template[] {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const templates = engine.parse(text)
  const [oldest] = parsed.keys()
  if (parsed.size >= mostParsed && oldest !== undefined) parsed.delete(oldest)
  parsed.set(text, templates)
  return templates
}

/** What is wrong with a template; undefined where nothing is. */
export function liquidFault(text: string): string | undefined {
  try {
    parseLiquid(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? 'unreadable') : String(error)
  }
}

/** The text a template makes of `scope`. Throws where it takes more milliseconds, or grows too large. */
export function renderLiquid(text: string, scope: object, mostMs: number): string {
  if (!/\{[{%]/.test(text)) return text
  return String(engine.renderSync(parseLiquid(text), scope, { renderLimit: mostMs }))
}
