import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGate } from '../../src/runtimes/server/gate.ts'

const forever = new AbortController().signal
/** Lets every promise that is settled be heard. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a gate', () => {
  it('admits the first in line whose key has room', async () => {
    const gate = createGate({ perKey: 1, total: 2 })
    const order: string[] = []
    const enter = (name: string, key: string) =>
      gate.enter(key, forever).then((leave) => {
        order.push(name)
        return leave
      })
    const leaveA1 = await enter('a1', 'a')
    const leaveB1 = await enter('b1', 'b')
    const a2 = enter('a2', 'a')
    void enter('c1', 'c')
    void enter('c2', 'c')

    leaveB1()
    await settled()
    expect(order).toEqual(['a1', 'b1', 'c1'])
    leaveA1()
    await settled()
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2'])
    const leaveA2 = await a2
    leaveA2()
    await settled()
    expect(order).toHaveLength(4)
  })

  it('counts a place given back twice once', async () => {
    const gate = createGate({ perKey: 1, total: 1 })
    const leave = await gate.enter('a', forever)
    leave()
    leave()
    await gate.enter('a', forever)
    let admitted = false
    void gate.enter('a', forever).then(() => {
      admitted = true
    })
    await settled()
    expect(admitted).toBe(false)
  })

  it('turns away who gives up, with the reason, and keeps no place for it', async () => {
    const gate = createGate({ perKey: 1, total: 1 })
    const leave = await gate.enter('a', forever)
    const controller = new AbortController()
    const reason = new Error('enough')
    const waiting = gate.enter('a', controller.signal)
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(gate.enter('b', controller.signal)).rejects.toBe(reason)
    leave()
    await gate.enter('a', forever)
  })

  it('never holds more than its limits, and leaves nobody waiting for nothing', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ enter: fc.constantFrom('a', 'b', 'c', 'd') }),
        fc.record({ leave: fc.nat(20) }),
        fc.record({ giveUp: fc.nat(20) }),
      ),
      { maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const gate = createGate({ perKey: 2, total: 5 })
        const inside: { key: string; leave: () => void }[] = []
        const waiting: { key: string; controller: AbortController }[] = []
        const count = (key: string) => inside.filter((one) => one.key === key).length

        for (const step of taken) {
          if ('enter' in step) {
            const one = { key: step.enter, controller: new AbortController() }
            waiting.push(one)
            gate.enter(one.key, one.controller.signal).then(
              (leave) => inside.push({ key: one.key, leave }) && drop(waiting, one),
              () => drop(waiting, one),
            )
          } else if ('leave' in step) {
            inside.splice(step.leave, 1).forEach(({ leave }) => {
              leave()
            })
          } else {
            waiting[step.giveUp]?.controller.abort()
          }
          await settled()
          expect(inside.length).toBeLessThanOrEqual(5)
          for (const key of ['a', 'b', 'c', 'd']) expect(count(key)).toBeLessThanOrEqual(2)
          if (inside.length < 5) {
            expect(waiting.filter(({ key }) => count(key) < 2)).toEqual([])
          }
        }
      }),
    )
  })
})

function drop<T>(list: T[], one: T): void {
  list.splice(list.indexOf(one), 1)
}
