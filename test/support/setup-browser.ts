import { findChromium } from './chromium.ts'

/** Finds or installs a Chromium once, before the files that drive one. */
export async function setup(): Promise<void> {
  await findChromium()
}
