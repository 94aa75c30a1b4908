/** One thing every plugin must hold to. `run` rejects with an error that says what does not. */
export interface Check {
  readonly name: string
  run(): Promise<void>
}

/** Why a check fails. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure'
}

/** Fails the check where `held` is false. */
export function hold(held: boolean, otherwise: string): asserts held {
  if (!held) throw new CheckFailure(otherwise)
}
