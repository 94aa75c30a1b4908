import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLanes, type Lanes, type Offer } from '../../src/pipeline/lanes.ts'
import type { ClaimedDelivery } from '../../src/store/queue.ts'

let made = 0
const claimed = (webhookId: string): ClaimedDelivery => {
  made += 1
  return {
    id: String(made),
    claimId: 'claim',
    webhookId,
    eventId: 'event',
    eventType: 'thing.happened',
    severity: 'info',
    instanceId: null,
    shape: null,
    host: null,
    port: null,
    subject: '',
    occurredAt: new Date(0),
    data: '{}',
    trace: null,
    body: null,
    attempt: 1,
    ailing: false,
    probing: false,
    retriesSpent: 0,
  }
}
const many = (webhookId: string, count: number) =>
  Array.from({ length: count }, () => claimed(webhookId))
const placesOf = ({ places, perWebhook }: Offer, webhookId: string) =>
  places.get(webhookId) ?? perWebhook
const unlimited = () => false

/** Claims as much as is offered of an endless queue, and begins what may be begun. */
function fill(lanes: Lanes, webhookId: string): number {
  const offer = lanes.offer()
  const count = Math.min(lanes.room(), placesOf(offer, webhookId))
  lanes.take(many(webhookId, count), offer, unlimited)
  return begin(lanes, webhookId)
}
function begin(lanes: Lanes, webhookId: string): number {
  let begun = 0
  while (lanes.next(webhookId, undefined) !== undefined) begun += 1
  return begun
}
function answer(lanes: Lanes, webhookId: string, ms: number, well = true): boolean {
  lanes.answered(webhookId, ms, well)
  return lanes.done(webhookId)
}

describe('a webhook', () => {
  it('of which nothing is held is offered what may be sent to it at once', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 16 })
    expect(placesOf(lanes.offer(), 'a')).toBe(16)
    expect(fill(lanes, 'a')).toBe(16)
    expect(placesOf(lanes.offer(), 'a')).toBe(0)
  })

  it('that answers quickly is claimed for ahead, and never sent more at once', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 16 })
    fill(lanes, 'a')
    answer(lanes, 'a', 25)
    expect(placesOf(lanes.offer(), 'a')).toBe(16 * 11 - 15)
    expect(fill(lanes, 'a')).toBe(1)
    expect(lanes.waiting()).toHaveLength(16 * 10)
  })

  it('is claimed for ahead again when nothing was held of it for a while', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 2 })
    lanes.take(many('a', 1), lanes.offer(), unlimited)
    begin(lanes, 'a')
    answer(lanes, 'a', 25)
    expect(lanes.room()).toBe(1024)
    expect(placesOf(lanes.offer(), 'a')).toBe(2 * 11)
  })

  it('is offered a new place for each answer, while that is being settled', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 16 })
    fill(lanes, 'a')
    for (let n = 0; n < 16; n += 1) lanes.answered('a', 25, true)
    expect(placesOf(lanes.offer(), 'a')).toBe(16 * 11)
    expect(lanes.room()).toBe(1024 - 16)
  })

  it('is claimed for when half of what was claimed is answered, or when a settlement makes room', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 4 })
    lanes.take(many('a', 4), lanes.offer(), () => true)
    lanes.next('a', 4)
    lanes.next('a', 4)
    expect(lanes.answered('a', 1, true)).toBe(false)
    expect(lanes.answered('a', 1, true)).toBe(true)
    expect(lanes.done('a')).toBe(true)
  })

  it('that answers slowly or badly is not', () => {
    for (const [ms, well] of [
      [5000, true],
      [1, false],
    ] as const) {
      const lanes = createLanes({ inFlight: 1024, perWebhook: 16 })
      fill(lanes, 'a')
      answer(lanes, 'a', ms, well)
      expect(placesOf(lanes.offer(), 'a')).toBe(1)
    }
  })

  it('is sent what was claimed for it in order, a place being free as soon as one is answered', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 2 })
    const deliveries = many('a', 3)
    lanes.take(deliveries, lanes.offer(), unlimited)
    expect([lanes.next('a', undefined), lanes.next('a', undefined)]).toEqual(deliveries.slice(0, 2))
    expect(lanes.next('a', undefined)).toBeUndefined()
    lanes.answered('a', 1, true)
    expect(lanes.next('a', undefined)).toBe(deliveries[2])
  })

  it('that says itself how many it takes at once is sent as many', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 2 })
    lanes.take(many('a', 5), lanes.offer(), () => true)
    let begun = 0
    while (lanes.next('a', 4) !== undefined) begun += 1
    expect(begun).toBe(4)
  })

  it('that got all it was offered is claimed for again as soon as nothing waits', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 16 })
    fill(lanes, 'a')
    expect(answer(lanes, 'a', 1)).toBe(true)
  })

  it('that got less than it was offered is not, unless something else limits it', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 16 })
    lanes.take(many('a', 3), lanes.offer(), unlimited)
    begin(lanes, 'a')
    expect(answer(lanes, 'a', 1)).toBe(false)
    lanes.take(many('a', 1), lanes.offer(), () => true)
    begin(lanes, 'a')
    expect(answer(lanes, 'a', 1)).toBe(true)
  })

  it('that is limited by something else is claimed for again, also where a claim brought nothing', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 16 })
    lanes.take(many('a', 3), lanes.offer(), () => true)
    begin(lanes, 'a')
    lanes.take([], lanes.offer(), () => true)
    expect(answer(lanes, 'a', 1)).toBe(true)
    lanes.take([], lanes.offer(), unlimited)
    expect(answer(lanes, 'a', 1)).toBe(false)
  })

  it('is claimed for ahead in large steps', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 2 })
    fill(lanes, 'a')
    answer(lanes, 'a', 1)
    fill(lanes, 'a')
    const full = lanes.waiting().length + 2
    let settled = 0
    for (let wanted = false; !wanted; settled += 1) {
      wanted = answer(lanes, 'a', 1)
      begin(lanes, 'a')
    }
    expect(settled).toBe(full / 2)
  })

  it('is not sent what has been taken back', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 2 })
    lanes.take(many('a', 5), lanes.offer(), unlimited)
    begin(lanes, 'a')
    lanes.drop(new Set(lanes.waiting()))
    lanes.answered('a', 1, true)
    expect(lanes.next('a', undefined)).toBeUndefined()
    for (let left = 5; left > 0; left -= 1) {
      if (left === 2) lanes.answered('a', 1, true)
      lanes.done('a')
    }
    expect(lanes.room()).toBe(1024)
  })
})

describe('where receivers hang', () => {
  it('there is a place left for another, be they a hundred', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (hanging) => {
        const lanes = createLanes({ inFlight: 1024, perWebhook: 16 })
        for (let n = 0; n < hanging; n += 1) fill(lanes, `hanging ${n}`)
        expect(fill(lanes, 'healthy')).toBeGreaterThan(0)
      }),
      { numRuns: 30 },
    )
  })

  it('never more is held than allowed, and all of it is let go', () => {
    const lanes = createLanes({ inFlight: 100, perWebhook: 16 })
    const begun: string[] = []
    for (let round = 0; round < 20; round += 1)
      for (let n = 0; n < 20; n += 1)
        for (let left = fill(lanes, String(n)); left > 0; left -= 1) begun.push(String(n))
    expect(begun.length).toBeLessThanOrEqual(100)
    for (const webhookId of begun) answer(lanes, webhookId, 1)
    expect(lanes.room()).toBe(100)
  })

  it('a lane is forgotten when it is empty; quick receivers are remembered, 64 of them', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 1 })
    for (let n = 0; n < 200; n += 1) {
      fill(lanes, `quick ${n}`)
      answer(lanes, `quick ${n}`, 1)
      fill(lanes, `failing ${n}`)
      answer(lanes, `failing ${n}`, 1, false)
    }
    const known = [...lanes.offer().places.keys()]
    expect(known).toEqual(Array.from({ length: 64 }, (_, n) => `quick ${n + 136}`))
  })

  it('one that something is held of again is not forgotten, however many are idle', () => {
    const lanes = createLanes({ inFlight: 1024, perWebhook: 1 })
    fill(lanes, 'a')
    answer(lanes, 'a', 1)
    fill(lanes, 'a')
    const ahead = lanes.waiting().length
    expect(ahead).toBeGreaterThan(0)
    for (let n = 0; n < 100; n += 1) {
      fill(lanes, String(n))
      answer(lanes, String(n), 1)
    }
    expect(lanes.waiting()).toHaveLength(ahead)
  })
})
