const [second, minute, hour] = [1000, 60_000, 3_600_000] as const

/** Retry schedules that go by a name: the delay before each retry, in milliseconds. */
export const schedules = {
  /** Seed 3, "Retry Schedule": six attempts. */
  db24x7: [30 * second, 5 * minute, 30 * minute, 2 * hour, 12 * hour],
  /** Seed 4, "Retry Logic". */
  dakkio: [second, 2 * second, 4 * second],
  /** Seed 5: until `discardAfter`, which is five minutes there, has passed. */
  stalwart: [
    second,
    2 * second,
    4 * second,
    8 * second,
    15 * second,
    30 * second,
    minute,
    minute,
    minute,
    minute,
  ],
  /** What Standard Webhooks 1.0.0 recommends: ten attempts over three days. */
  standard: [
    5 * second,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
  ],
} as const satisfies Readonly<Record<string, readonly number[]>>
