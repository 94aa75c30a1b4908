import { betterdb } from './betterdb.ts'
import type { Format } from './format.ts'

/** Every format a webhook may choose, the default first. */
export const formats: readonly [Format, ...Format[]] = [betterdb]

/** The format of that name, undefined where there is none. */
export function findFormat(name: string): Format | undefined {
  return formats.find((format) => format.name === name)
}
