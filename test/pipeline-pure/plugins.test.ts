import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { configure } from '../../src/pipeline/plugins.ts'
import { definePlugin } from '../../src/plugin.ts'

const plain = definePlugin({ name: 'plain', events: [] })
const settable = definePlugin({
  name: 'settable',
  events: [],
  config: z.object({
    keep: z.int().min(1).default(10),
    names: z.array(z.string()).default([]),
    token: z.string().optional(),
  }),
})

describe('a plugin', () => {
  it('without settings gets none', () => {
    expect(configure([plain])).toEqual([{ plugin: plain, config: {} }])
    expect(configure([{ plugin: plain, config: {} }])).toEqual([{ plugin: plain, config: {} }])
  })

  it('gets its defaults where nothing is given', () => {
    const defaults = { keep: 10, names: [] }
    expect(configure([settable])).toEqual([{ plugin: settable, config: defaults }])
  })

  it('gets what it was given, parsed, the rest by default', () => {
    const [configured] = configure([{ plugin: settable, config: { keep: 3 } }])
    expect(configured).toEqual({ plugin: settable, config: { keep: 3, names: [] } })
  })

  it('keeps its place among the others', () => {
    const names = configure([settable, plain, { plugin: settable, config: {} }]).map(
      ({ plugin }) => plugin.name,
    )
    expect(names).toEqual(['settable', 'plain', 'settable'])
  })

  it('is refused with settings that do not fit, all of them named on one line', () => {
    const config = { keep: 0, names: ['a', 1], token: null }
    expect(() => configure([plain, { plugin: settable, config }])).toThrow(
      /^The settings of plugin "settable" do not fit: keep: [^\n;]+; names\.1: [^\n;]+; token: [^\n;]+$/,
    )
  })

  it('is refused with settings where it takes none', () => {
    expect(() => configure([{ plugin: plain, config: { keep: 3 } }])).toThrow(
      'Plugin "plain" takes no settings: remove its config.',
    )
  })
})
