import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { gaugeFamilies } from '../src/api/metrics/families.ts'
import { createMeters } from '../src/pipeline/meters.ts'
import { expose } from '../src/rules/exposition.ts'

const read = (name: string) =>
  readFile(new URL(`../observability/${name}`, import.meta.url), 'utf8')

/** Every metric there is, by the names it has when it is asked for. */
const shown = () => {
  const none = { webhooks: [], instances: [], alerts: [], plugins: [] }
  const families = [...gaugeFamilies(none, []), ...createMeters().families()]
  const parts = ['', '_bucket', '_sum', '_count']
  return new Set(
    ['tocsin_info', ...families.map(({ name }) => name)].flatMap((name) =>
      parts.map((part) => name + part),
    ),
  )
}
const named = (text: string) => new Set(text.match(/\btocsin_\w+/g))

test.each(['prometheus-rules.yml', 'prometheus-rules.test.yml', 'grafana-dashboard.json'])(
  '%s asks only for metrics there are',
  async (name) => {
    const metrics = shown()
    const asked = [...named(await read(name))]
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter((metric) => !metrics.has(metric))).toEqual([])
  },
)

test('every alert is tested, and says what it is and what to do', async () => {
  const rules = await read('prometheus-rules.yml')
  const tests = await read('prometheus-rules.test.yml')
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
  expect(alerts).not.toHaveLength(0)
  for (const word of ['severity:', 'summary:', 'description:'])
    expect(rules.split(word)).toHaveLength(alerts.length + 1)
  for (const name of alerts) expect(tests).toMatch(new RegExp(`${name}\\s+exp_alerts:`))
})

test('every panel of the dashboard has a title, a description and a question of its own', async () => {
  const panel = z.object({
    id: z.number(),
    title: z.string().min(1),
    description: z.string().min(1),
    targets: z.array(z.object({ expr: z.string().min(1) })).min(1),
  })
  const { panels } = z
    .object({ panels: z.array(panel) })
    .parse(JSON.parse(await read('grafana-dashboard.json')))
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  expect(new Set(asked).size).toBe(asked.length)
})

test('names of metrics follow the conventions, and each says what it is', () => {
  const text = expose(createMeters().families())
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
    expect(name).toMatch(/^tocsin_[a-z_]+$/)
    if (type === 'counter') expect(name).toMatch(/_total$/)
    expect(text).toMatch(new RegExp(`^# HELP ${name} \\S.+\\.$`, 'm'))
  }
})
