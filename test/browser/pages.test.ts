import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { type Subjects, screens } from '../support/screens.ts'
import {
  createPlace,
  type DataPlace,
  startTocsin,
  type TocsinProcess,
} from '../support/tocsin-process.ts'

const idShape = z.object({ id: z.string() })

let place: DataPlace
let tocsin: TocsinProcess
let receiver: Receiver
let browser: TestBrowser
/** A webhook whose receiver is gone, an instance that is down, and what came of that. */
let made: Subjects

beforeAll(async () => {
  receiver = await startReceiver()
  place = await createPlace()
  tocsin = await startTocsin({
    DATABASE_URL: place.url,
    VALKEY_URL: 'redis://127.0.0.1:1?name=cache',
    TOCSIN_TIER: 'pro',
    POLL_INTERVAL_MS: '60000',
  })
  browser = await openBrowser(tocsin.url)
  made = await furnish()
})
afterAll(async () => {
  await browser?.close()
  await tocsin?.stop()
  await receiver?.close()
  await place?.remove()
})

async function post(path: string, body: unknown): Promise<unknown> {
  return (await tocsin.api('POST', path, body)).body
}

async function furnish() {
  const gone = { name: 'On call', url: 'http://127.0.0.1:1/hook', events: ['memory.critical'] }
  const retryPolicy = { maxRetries: 0 }
  const webhook = idShape.parse(await post('/api/webhooks', { ...gone, retryPolicy })).id
  const [instance] = z.array(idShape).parse((await tocsin.api('GET', '/api/instances')).body)
  const data = { metric: 'memory_used_percent', value: 95, maxmemory: 100, usedMemory: 95 }
  const event = { type: 'memory.critical', instance: instance?.id, data }
  const published = z.object({ events: z.array(idShape) }).parse(await post('/api/events', event))
  const [delivery] = await until(async () => {
    const { body } = await tocsin.api(
      'GET',
      `/api/webhooks/${webhook}/deliveries?status=dead_letter`,
    )
    return z.array(idShape).parse(body)
  })
  return {
    webhook,
    instance: instance?.id ?? '',
    delivery: delivery?.id ?? '',
    event: published.events[0]?.id ?? '',
  }
}

/** What a list holds, once it holds something. */
async function until<Item>(list: () => Promise<Item[]>): Promise<Item[]> {
  for (;;) {
    const found = await list()
    if (found.length > 0) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What axe finds on the page as it is, a line each. */
async function violations(page: Page): Promise<string[]> {
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 2).map((n) => n.html).join(' | ')))`)
}

test('every screen passes axe in light and dark, fits from 320 px on, and says nothing wrong', async () => {
  // Colours that are on their way from one theme to the other have no contrast of their own.
  const { page, faults } = await browser.open({ reducedMotion: 'reduce' })
  const found: string[] = []
  for (const path of [...screens(made), '/nothing/here']) {
    await page.goto(path, { waitUntil: 'load' })
    await page.evaluate(axe.source)
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const all = await violations(page)
        found.push(...all.map((one) => `${path} ${width} ${colorScheme} ${one}`))
      }
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
      if (wide > 0) found.push(`${path} is ${wide} px too wide at ${width}`)
    }
  }
  expect(found).toEqual([])
  expect(faults).toEqual([])
  await page.context().close()
}, 120_000)

describe.each([
  ['with a script', true],
  ['without one', false],
])('%s', (_, javaScriptEnabled) => {
  test('a webhook is created, tested, changed, and what it missed is sent again', async () => {
    const { page, faults } = await browser.open({ javaScriptEnabled })
    await page.goto('/webhooks')
    await page.getByRole('link', { name: 'Create a webhook' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('Journey')
    await page.getByLabel('URL', { exact: true }).fill('nonsense')
    await page.getByRole('checkbox', { name: /instance\.up/ }).check()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('one thing is').waitFor()
    await page.getByLabel('URL', { exact: true }).fill(`${receiver.url}/journey`)
    await page.getByRole('button', { name: 'Test before saving' }).click()
    await page.getByText('The test arrived').waitFor()
    await page.getByRole('region', { name: 'Headers of the answer' }).waitFor()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Journey', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText('It was answered 200').waitFor()
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Journeyed')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('heading', { name: 'Journeyed', level: 1 }).waitFor()

    await page.goto(`/deliveries/${made.delivery}`)
    await page.getByRole('button', { name: 'Retry now' }).click()
    await page.getByText('It is queued again').waitFor()
    await until(async () => {
      const { body } = await tocsin.api('GET', `/api/webhooks/deliveries/${made.delivery}`)
      return z.object({ status: z.string() }).parse(body).status === 'dead_letter' ? [true] : []
    })

    await page.goto('/dead-letters')
    await page.getByRole('link', { name: /^Retry….*1 of On call, No answer/ }).click()
    await page.getByRole('button', { name: 'Retry 1' }).click()
    await page.getByText('It is over.').waitFor()
    await page.getByText('1 of 1').waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  })
})

test('the form says what is wrong while it is written, and draws the retries anew', async () => {
  const { page, faults } = await browser.open()
  await page.goto('/webhooks/new')
  await page.getByLabel('URL', { exact: true }).fill('ftp://example.com')
  await page.getByRole('textbox', { name: 'Retries' }).fill('1')
  await page.getByRole('textbox', { name: 'Retries' }).blur()
  await page.locator('#f-url-fault').getByText('http').waitFor()
  await page.getByText('2 attempts;').waitFor()
  expect(await page.getByLabel('URL', { exact: true }).getAttribute('aria-invalid')).toBe('true')
  expect(faults).toEqual([])
  await page.context().close()
})

test('open pages show by themselves what has happened, in every tab, and what is opened stays so', async () => {
  const { page, faults } = await browser.open()
  await page.goto(`/instances/${made.instance}`)
  const opened = page.locator('details').last()
  await opened.locator('summary').click()
  // More than a browser opens connections to one server.
  const tabs = await Promise.all(
    Array.from({ length: 7 }, async () => {
      const tab = await page.context().newPage()
      await tab.goto('/events')
      return tab
    }),
  )
  const event = { type: 'instance.up', instance: made.instance, data: { reason: 'It answers' } }
  await post('/api/events', event)
  for (const tab of [page, ...tabs])
    await tab.getByRole('link', { name: event.type }).first().waitFor()
  expect(await opened.evaluate((it) => it.hasAttribute('open'))).toBe(true)
  expect(await opened.getByRole('button', { name: /^Copy the line/ }).count()).toBe(2)
  expect(faults).toEqual([])
  await page.context().close()
})

test('a keyboard is enough', async () => {
  const { page, faults } = await browser.open()
  const focused = () => page.evaluate('document.activeElement?.textContent?.trim()')
  await page.goto('/deliveries?event=memory.critical')
  await page.getByRole('combobox', { name: 'Webhook' }).focus()
  await page.locator('datalist option[value="On call"]').waitFor({ state: 'attached' })
  await page.goto('/deliveries?event=memory.critical')
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Skip to content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('j')
  expect(await focused()).toBe('memory.critical')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/deliveries\/[0-9a-f-]{36}$/)
  for (let n = 0; n < 40 && (await focused()) !== 'Retry now'; n += 1)
    await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('It is queued again').waitFor()
  expect(faults).toEqual([])
  await page.context().close()
})

test('the first load is at most 60 KB, packed', async () => {
  const { page } = await browser.open()
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.goto('/', { waitUntil: 'load' })
  expect(bytes).toBeGreaterThan(1000)
  expect(bytes).toBeLessThanOrEqual(60_000)
  await page.context().close()
})
