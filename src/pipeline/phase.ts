/** Turns a period is cut into: what falls into one is claimed, read and written together. */
const turns = 40

/** Where in a period an instance has its turn, from 0 up to 1: by chance, but always the same. */
export function phaseOf(instanceId: string): number {
  // The end of an id is random.
  return Number.parseInt(instanceId.slice(-8), 16) / 2 ** 32
}

/**
 * The same in whole milliseconds, at the beginning of a turn, and at a time when somebody is there to
 * look: a turn between two would be a whole one late.
 */
export function turnOf(instanceId: string, everyMs: number, wokenEveryMs = 1): number {
  const turn = Math.floor((Math.floor(phaseOf(instanceId) * turns) / turns) * everyMs)
  return turn - (turn % wokenEveryMs)
}
