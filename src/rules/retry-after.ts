const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'

/** The three forms of RFC 9110, section 5.6.7: today's, RFC 850's and asctime's. */
const httpDates = [
  /^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
]

/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): milliseconds from `now` (epoch ms) to
 * wait, undefined when it says nothing usable. Seconds may have decimals, which some vendors send;
 * they round up to a whole second. A date in the past is 0.
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim() ?? ''
  if (text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) {
    return Math.min(Math.ceil(Number(text)) * 1000, Number.MAX_SAFE_INTEGER)
  }
  const date = parseHttpDate(text, now)
  return date === undefined ? undefined : Math.max(0, date - now)
}

/** Not `Date.parse`: engines differ in what else they take for a date. */
function parseHttpDate(text: string, now: number): number | undefined {
  const parts = httpDates.map((form) => form.exec(text)?.groups).find((groups) => groups)
  if (!parts) return undefined
  const month = months.indexOf(parts.month ?? '') / 3
  const day = Number(parts.day)
  const [hours = 0, minutes = 0, seconds = 0] = (parts.time ?? '').split(':').map(Number)
  if (!Number.isInteger(month) || month < 0 || hours > 23 || minutes > 59 || seconds > 60) {
    return undefined
  }
  const date = new Date(0)
  date.setUTCFullYear(fullYear(parts.year ?? '', now), month, day)
  if (date.getUTCDate() !== day) return undefined
  return date.setUTCHours(hours, minutes, seconds)
}

/** Two digits name the year that is at most 50 years ahead (RFC 9110, section 5.6.7). */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits)
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + Number(digits)
  return year > thisYear + 50 ? year - 100 : year
}
