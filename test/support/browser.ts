import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { findChromium } from './chromium.ts'

/** A page that keeps what it should never have said. */
interface Watched {
  readonly page: Page
  /** Errors on the console, of scripts and of the content policy, and requests to other origins. */
  readonly faults: readonly string[]
}

export interface TestBrowser {
  /** Opens a page of its own, with its own cookies. */
  open(options?: BrowserContextOptions): Promise<Watched>
  close(): Promise<void>
}

/** A real browser that knows the service at `origin`. */
export async function openBrowser(origin: string): Promise<TestBrowser> {
  const root = process.getuid?.() === 0
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: root ? ['--no-sandbox'] : [],
  })
  return {
    async open(options = {}) {
      const context = await browser.newContext({ baseURL: origin, ...options })
      const faults: string[] = []
      watch(context, origin, faults)
      return { page: await context.newPage(), faults }
    },
    close: () => browser.close(),
  }
}

function watch(context: BrowserContext, origin: string, faults: string[]): void {
  context.on('console', (message) => {
    // An answer such as 422 is written there too: it is what the page was meant to get.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`console: ${message.text()}`)
  })
  context.on('weberror', (error) => faults.push(`script: ${error.error().message}`))
  context.on('request', (request) => {
    if (!request.url().startsWith(origin)) faults.push(`left the origin: ${request.url()}`)
  })
}
