import { cut, type FormatAnswer, type FormatVerdict } from 'tocsin/plugin'
import { jsonAnswer } from './wording.ts'

/** Statuses of what would be refused again, whenever it came. */
const final: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 415, 422])
/** Those of them that say who sends, or where to, is wrong. */
const unwelcome: ReadonlySet<number> = new Set([401, 403, 404])

/** What to look at where the answer says that sender or place is wrong. */
interface Advice {
  /** The service, as people call it. */
  readonly title: string
  /** Such as `formatConfig.apiKey`. */
  readonly check: string
}

/** What a service's answer means that is no success, in its own words; undefined where it is usual. */
export function refusal(
  { title, check }: Advice,
  { status, body }: Pick<FormatAnswer, 'status' | 'body'>,
): FormatVerdict | undefined {
  const said = wordsOf(body)
  const words = said === '' ? '' : `: ${said}`
  if (status === 429) return { verdict: 'retry', reason: `${title} takes no more for now${words}.` }
  if (!final.has(status)) return undefined
  const advice = unwelcome.has(status) ? ` Check ${check}.` : ''
  return { verdict: 'rejected', reason: `${title} refuses it${words}.${advice}` }
}

/** What an answer says to people: members under which services say it, else a short text. */
function wordsOf(body: string): string {
  const answer = jsonAnswer(body)
  if (answer === undefined)
    return /^\s*</.test(body) ? '' : cut(body.trim().replace(/\.$/, ''), 200)
  const { code, message, error, errors, description, detail, title } = answer
  const said = message ?? error ?? description ?? detail ?? title
  const words = [said, errors, code].filter((it) => it !== undefined && it !== null)
  return cut(
    words
      .map((it) => (typeof it === 'string' ? it.replace(/\.$/, '') : JSON.stringify(it)))
      .join(', '),
    500,
  )
}
