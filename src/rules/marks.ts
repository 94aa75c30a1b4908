import { hex } from '../plugin/bytes.ts'
import { hmacSha256 } from './sign.ts'

/** What is shown in place of a secret. */
const concealed = '***'
const prefix = 'tocsin-secret-'
const pattern = /tocsin-secret-[0-9a-f]{32}/g
/** Shorter ones would be found by chance in text that holds no secret. */
const leastSought = 6

/** How a secret is written where it stands. */
type Place = 'plain' | 'json' | 'form'

/** Secrets by the opaque words that stand for them until a request is made. */
export interface Marks {
  /** The word for a secret. */
  of(name: string): string | undefined
  /** The text with every secret in its place. */
  reveal(text: string, place?: Place): string
  /** The text fit to be kept: neither a secret nor a word for one. */
  conceal(text: string): string
}

/**
 * Words for secrets. Nobody can guess one, and so nobody who writes part of an event can have a
 * secret put there: they are made under `key`, which is secret itself.
 */
export async function createMarks(
  secrets: Readonly<Record<string, string>>,
  key: string,
): Promise<Marks> {
  const entries = Object.entries(secrets).map(async ([name, secret]) => {
    const word = hex(await hmacSha256(key, JSON.stringify([name, secret]))).slice(0, 32)
    return [name, prefix + word, secret] as const
  })
  const made = await Promise.all(entries)
  const words = new Map(made.map(([name, word]) => [name, word]))
  const bySecret = new Map(made.map(([, word, secret]) => [word, secret]))
  const sought = made.map(([, , secret]) => secret).filter((it) => it.length >= leastSought)

  return {
    of: (name) => words.get(name),
    reveal(text, place = 'plain') {
      if (bySecret.size === 0) return text
      return text.replace(pattern, (word) => {
        const secret = bySecret.get(word)
        return secret === undefined ? word : written(secret, place)
      })
    },
    conceal(text) {
      if (bySecret.size === 0) return text
      const places = ['plain', 'json', 'form'] as const
      const forms = new Set(sought.flatMap((it) => places.map((place) => written(it, place))))
      let shown = concealMarks(text)
      for (const form of forms) shown = shown.replaceAll(form, concealed)
      return shown
    },
  }
}

/** The text as it may be shown: `***` in place of every word that stands for a secret. */
export function concealMarks(text: string): string {
  return text.replace(pattern, concealed)
}

function written(secret: string, place: Place): string {
  if (place === 'json') return JSON.stringify(secret).slice(1, -1)
  return place === 'form' ? encodeURIComponent(secret) : secret
}
