import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupByScope, inScope } from '../../src/rules/reach.ts'

const ids = fc.constantFrom('a', 'b', 'c')
const labels = fc.dictionary(fc.constantFrom('team', 'zone', 'x'), fc.constantFrom('1', '2'))
const scopes = fc.option(fc.oneof(fc.array(ids), labels), { nil: undefined })
const origins = fc.record(
  { instanceId: fc.oneof(ids, fc.constant('other')), labels },
  { requiredKeys: [] },
)

describe('members grouped by scope', () => {
  it('are those in reach of an origin, each once', () => {
    fc.assert(
      fc.property(fc.array(scopes, { maxLength: 20 }), origins, (all, origin) => {
        const members = all.map((instances, n) => ({ n, instances }))
        const found = groupByScope(members)(origin).flat()
        expect(found.map(({ n }) => n).sort((a, b) => a - b)).toEqual(
          members.filter(({ instances }) => inScope(instances, origin)).map(({ n }) => n),
        )
      }),
    )
  })

  it('come in groups that stay the same, so that what is known of one can be kept', () => {
    const groups = groupByScope([{ instances: undefined }, { instances: { team: '1', zone: '2' } }])
    const origin = { labels: { zone: '2', team: '1', more: '3' } }
    const [first, second] = groups(origin)
    expect(first).toBe(groups(origin)[0])
    expect(second).toBe(groups(origin)[1])
  })
})
