import type { Signal } from '../../rules/deadline.ts'
import { faultOf, type Phase, timedOut } from './fault.ts'

/** One request and its answer: how far it came, and what ends with it. */
export interface Exchange {
  readonly url: URL
  reach(phase: Phase): void
  /** Whom to tell when the signal fires; a later call takes the place of an earlier one. */
  onAbort(abort: (reason: unknown) => void): void
  onFinish(release: () => void): void
  /** Releases what is held and stops listening to the signal. May be called again. */
  finish(): void
  /** The error to report: the signal's where it fired, else in words. */
  fault(error: unknown): unknown
}

export function createExchange(url: URL, signal: Signal): Exchange {
  let phase: Phase = 'queued'
  let abort: ((reason: unknown) => void) | undefined
  let release: (() => void) | undefined

  const onSignal = () => abort?.(signal.reason)
  signal.addEventListener('abort', onSignal, { once: true })

  return {
    url,
    reach(next) {
      phase = next
    },
    onAbort(listener) {
      abort = listener
      if (signal.aborted) onSignal()
    },
    onFinish(listener) {
      release = listener
    },
    finish() {
      signal.removeEventListener('abort', onSignal)
      release?.()
      release = undefined
    },
    fault(error) {
      if (!signal.aborted) return faultOf(error, url, phase)
      return isTimeout(signal.reason) ? timedOut(url, phase) : signal.reason
    },
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}
