import { once } from 'node:events'
import type { Scheme } from '../verify.ts'
import { arrivalJson, arrivalText } from './arrival-text.ts'
import { startReceiver } from './receiver.ts'

export interface ListenOptions {
  /** None: what arrives is shown, and not checked. */
  readonly secrets: readonly string[]
  readonly scheme?: Scheme
  readonly port?: number
  readonly status?: number
  /** Milliseconds. */
  readonly delay?: number
  /** Milliseconds. */
  readonly tolerance?: number
  /** Ends after so many deliveries. */
  readonly count?: number
  readonly json?: boolean
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Receives until it is ended, and prints. False where a delivery was not genuine. */
export async function listen(
  options: ListenOptions,
  print: (text: string) => void,
): Promise<boolean> {
  const { secrets, scheme, count = Number.POSITIVE_INFINITY, json = false } = options
  const enough = new AbortController()
  let [arrived, genuine] = [0, true]
  const receiver = await startReceiver({
    port: options.port,
    status: options.status,
    delayMs: options.delay,
    checks:
      secrets.length > 0 ? { secret: secrets, scheme, toleranceMs: options.tolerance } : undefined,
    onArrival(arrival) {
      arrived += 1
      if (arrived > count) return
      if (arrival.result?.ok === false) genuine = false
      print(`${json ? arrivalJson(arrival) : arrivalText(arrival)}\n`)
    },
    onAnswered() {
      if (arrived >= count) enough.abort()
    },
  })
  if (!json) print(greeting(receiver.url, options))
  const end = AbortSignal.any([options.signal, enough.signal])
  if (!end.aborted) await once(end, 'abort')
  receiver.close()
  return genuine
}

function greeting(url: string, { secrets, scheme, status = 200, delay = 0 }: ListenOptions) {
  const checked = scheme ?? 'whichever scheme it is signed by'
  return [
    `Listening at ${url}, any path. Ctrl-C ends it.`,
    secrets.length > 0
      ? `Checks each delivery: ${checked}, ${secrets.length} secret${secrets.length > 1 ? 's' : ''}.`
      : 'Checks nothing: set WEBHOOK_SECRET to the secret of the webhook.',
    `Answers ${status}${delay > 0 ? ` after ${delay} ms` : ''}${secrets.length > 0 ? ', 401 to what is not genuine' : ''}.`,
    '',
    '',
  ].join('\n')
}
