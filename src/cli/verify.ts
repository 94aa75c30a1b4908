import { type Scheme, type VerifyResult, verify } from '../verify.ts'
import { agoText, verdictText } from './arrival-text.ts'
import type { CapturedRequest } from './captured-request.ts'

export interface JudgeOptions {
  readonly secrets: readonly string[]
  readonly scheme?: Scheme
  /** Milliseconds. */
  readonly tolerance?: number
  /** The moment it is judged as of, epoch milliseconds; now by default. */
  readonly at?: number
}

/** What is to be said of a request. */
export interface Judgement {
  readonly result: VerifyResult
  /** For people, with what to try next. */
  readonly text: string
}

/** Says whether a request that was kept is genuine, and why not. */
export async function judge(request: CapturedRequest, options: JudgeOptions): Promise<Judgement> {
  const { secrets: secret, scheme, tolerance: toleranceMs, at: now = Date.now() } = options
  const settings = { secret, scheme, toleranceMs, now }
  const result = await verify({ ...settings, ...request })
  const about = result.ok ? [result.event, result.id].filter((it) => it !== undefined) : []
  const hint = result.ok ? undefined : await hintOf(request, settings, result.reason)
  const lines = [
    verdictText(result, now),
    ...(about.length > 0 ? [`  ${about.join('  ')}`] : []),
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ]
  return { result, text: `${lines.join('\n')}\n` }
}

type Settings = Omit<Parameters<typeof verify>[0], 'headers' | 'body' | 'request'> & {
  readonly now: number
}

/** What would have made it verify, where that can be found out. */
async function hintOf(
  request: CapturedRequest,
  settings: Settings,
  reason: string,
): Promise<string | undefined> {
  const late = reason === 'too_old' || reason === 'too_new'
  if (!late && reason !== 'bad_signature') return undefined
  const { headers } = request
  for (const [body, why] of [[request.body, undefined] as const, ...variants(request.body)]) {
    const timeless = { ...settings, toleranceMs: Number.POSITIVE_INFINITY, headers, body }
    const result = await verify(timeless)
    if (!result.ok) continue
    if (!late || result.timestamp === undefined) return why
    const signed = new Date(result.timestamp).toISOString()
    const ago = agoText(settings.now - result.timestamp)
    return `signed ${signed}, ${ago}; --at ${signed} judges it as of then${why ? `\n  ${why}` : ''}`
  }
  return late ? 'the signature does not match either: another secret, or another body' : undefined
}

/** The usual ways in which a body stops being what arrived. */
function variants(bytes: Uint8Array): (readonly [body: string, why: string])[] {
  const text = new TextDecoder().decode(bytes)
  const found: (readonly [string, string])[] = [
    [text.replace(/\s+$/, ''), 'it matches without the line break at the end: nobody sent that'],
    [text.replaceAll('\r\n', '\n'), 'it matches with \\n for \\r\\n: something changed the lines'],
  ]
  try {
    const anew = JSON.stringify(JSON.parse(text))
    found.push([anew, 'it matches printed compactly: this body was parsed and printed again'])
  } catch {
    // Not JSON: it cannot have been printed again.
  }
  return found.filter(([body]) => body !== text)
}
