/** What is usual at each time of day. */
export interface Profile {
  /** By half hours from midnight UTC. */
  slots: number[]
  /** How far values usually are from it. */
  spread: number
}

/** Two profiles of a day: of the distance from a slow level, and of the values themselves. */
export interface Season {
  level: number
  /** 1 for each half hour that has been seen. */
  seen: number[]
  around: Profile
  plain: Profile
}

/** Half hours of a day. */
export const slots = 48
const slotMs = 1_800_000
/** Units of time the level and the spreads reach back: a day of five-minute values. */
const memory = 300
/** Units of time a half hour reaches back, counting its own time only. */
const slotMemory = 10
/** A value teaches no more than this many spreads: an incident is not expected again tomorrow. */
const mostSpreads = 3
/** Units of time after which the spread is known well enough for that. */
const spreadKnown = 100

const newProfile = (): Profile => ({ slots: new Array(slots).fill(0), spread: 0 })

export const newSeason = (level: number): Season => ({
  level,
  seen: new Array(slots).fill(0),
  around: newProfile(),
  plain: newProfile(),
})

/**
 * How far a value is from what is usual at its time of day, with the level of the day left out and
 * with it; 0 where nothing is known. Learns it.
 */
export function deviations(
  season: Season,
  timestamp: number,
  value: number,
  elapsed: number,
  age: number,
): { around: number; plain: number } {
  season.level += Math.min(1, elapsed / Math.min(memory, age)) * (value - season.level)
  const slot = ((Math.floor(timestamp / slotMs) % slots) + slots) % slots
  const seen = season.seen[slot] === 1
  season.seen[slot] = 1
  return {
    around: deviation(season.around, slot, seen, value - season.level, elapsed, age),
    plain: deviation(season.plain, slot, seen, value, elapsed, age),
  }
}

function deviation(
  profile: Profile,
  slot: number,
  seen: boolean,
  value: number,
  elapsed: number,
  age: number,
): number {
  const usual = seen ? (profile.slots[slot] ?? 0) : value
  const away = value - usual
  const most = age > spreadKnown ? mostSpreads * profile.spread : Number.POSITIVE_INFINITY
  const lesson = Math.max(-most, Math.min(most, away))
  profile.slots[slot] = usual + Math.min(1, elapsed / slotMemory) * lesson
  profile.spread += Math.min(1, elapsed / Math.min(memory, age)) * (Math.abs(away) - profile.spread)
  return away
}
