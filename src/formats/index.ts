import type { Format } from 'tocsin/plugin'
import { betterdb } from './betterdb.ts'

/** The formats that come with Tocsin, the default first. */
export const builtInFormats: readonly [Format, ...Format[]] = [betterdb]
