import { z } from 'zod'
import { findChromium } from '../support/chromium.ts'
import { complaintsOf, here, run } from './tool.ts'

const pages = ['/', '/webhooks', '/deliveries']
const categories = ['performance', 'accessibility', 'best-practices']
/** A machine that does something else meanwhile spoils a measurement: the best of some counts. */
const tries = 3

const report = z.object({
  categories: z.record(z.string(), z.object({ score: z.number().nullable() })),
  audits: z.record(z.string(), z.object({ title: z.string(), score: z.number().nullable() })),
})

/** Lighthouse, as a telephone and as a desk would see the pages: 100 of 100 everywhere. */
export async function judgePages(url: string): Promise<readonly string[]> {
  await furnish(url)
  const chromium = await findChromium()
  const complaints: string[] = []
  for (const page of pages)
    for (const preset of ['mobile', 'desktop'] as const) {
      let lacking: readonly string[] = []
      for (let attempt = 0; attempt < tries; attempt += 1) {
        lacking = await look(url + page, preset, chromium)
        if (lacking.length === 0) break
      }
      complaints.push(...lacking.map((one) => `${page}, ${preset}: ${one}`))
    }
  return complaints
}

async function look(url: string, preset: 'mobile' | 'desktop', chromium: string) {
  const flags = ['--quiet', '--output=json', `--only-categories=${categories.join(',')}`]
  if (preset === 'desktop') flags.push('--preset=desktop')
  const outcome = await run(
    'env',
    [
      `CHROME_PATH=${chromium}`,
      `${here}node_modules/.bin/lighthouse`,
      url,
      ...flags,
      `--chrome-flags=--headless=new --disable-gpu${process.getuid?.() === 0 ? ' --no-sandbox' : ''}`,
    ],
    here,
  )
  if (outcome.code !== 0) return complaintsOf(outcome)
  const said = report.parse(JSON.parse(outcome.stdout))
  return categories.flatMap((name) => {
    const score = Math.round((said.categories[name]?.score ?? 0) * 100)
    return score === 100 ? [] : [`${name} ${score}: ${faults(said.audits)}`]
  })
}

function faults(audits: z.infer<typeof report>['audits']): string {
  const poor = Object.values(audits).filter(({ score }) => score !== null && score < 0.9)
  return poor.map(({ title }) => title).join('; ')
}

/** Something to show: a webhook whose receiver is gone, and what it was owed. */
async function furnish(url: string): Promise<void> {
  const event = {
    type: 'instance.up',
    instance: { host: 'cache', port: 6379 },
    data: { reason: '' },
  }
  const retryPolicy = { maxRetries: 0 }
  const webhook = { name: 'On call', url: 'http://127.0.0.1:1/', events: [event.type], retryPolicy }
  const watched = { name: 'cache', url: 'redis://127.0.0.1:1' }
  for (const [path, body] of [
    ['/api/instances', watched],
    ['/api/webhooks', webhook],
    ['/api/events', Array.from({ length: 60 }, () => event)],
  ] as const) {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  }
}
