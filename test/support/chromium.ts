import { aptInstall, findProgram } from '../../src/cli/valkey-install.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** The path of a Chromium: `CHROMIUM`, else from PATH, else installed through apt. */
export async function findChromium(): Promise<string> {
  const { CHROMIUM } = process.env
  const found = CHROMIUM ?? (await findProgram(names, process.env))
  if (found !== undefined) return found
  const failure = await aptInstall(['chromium'], process.env)
  const installed = await findProgram(names, process.env)
  if (installed !== undefined) return installed
  throw new Error(
    `The tests of the pages need a Chromium, and installing one failed: ${failure}\n` +
      'Install one (Debian, Ubuntu: sudo apt-get install -y chromium; macOS: brew install chromium), ' +
      'or say where one is with CHROMIUM=/path/to/it.',
  )
}
