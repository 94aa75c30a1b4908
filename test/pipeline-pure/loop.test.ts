import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Loop, type Step, startLoop } from '../../src/pipeline/loop.ts'

/** A verb whose every run is noted, and ended by the test or at once. */
function verb(answer: (run: number) => Step | Promise<Step>) {
  const startedAt: number[] = []
  const errors: unknown[] = []
  const begin = performance.now()
  const step = async () => {
    startedAt.push(performance.now() - begin)
    return answer(startedAt.length)
  }
  return { startedAt, errors, step }
}

const idleMs = 1000
const loops: Loop[] = []
function start(
  { step, errors }: Pick<ReturnType<typeof verb>, 'step' | 'errors'>,
  idle = idleMs,
): Loop {
  const loop = startLoop(step, { idleMs: idle, onError: (error) => errors.push(error) })
  loops.push(loop)
  return loop
}

/** A run that the test ends. */
function held() {
  let end = (_: Step) => {}
  let fail = (_: unknown) => {}
  const ended = new Promise<Step>((resolve, reject) => {
    end = resolve
    fail = reject
  })
  return { ended, end: (step: Step) => end(step), fail: (error: unknown) => fail(error) }
}

const idle: Step = { nextInMs: undefined }

describe('a loop', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(async () => {
    const stopping = Promise.all(loops.splice(0).map((loop) => loop.stop()))
    await vi.runAllTimersAsync()
    await stopping
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('rests as long as the verb wants, whoever wakes it, and no longer', async () => {
    const { startedAt, errors, step } = verb(() => ({ nextInMs: 500, restMs: 20 }))
    const loop = start({ step, errors })
    await vi.advanceTimersByTimeAsync(5)
    loop.wake()
    loop.wake(3)
    await vi.advanceTimersByTimeAsync(14)
    expect(startedAt).toEqual([0])
    await vi.advanceTimersByTimeAsync(1)
    expect(startedAt).toEqual([0, 20])
    await vi.advanceTimersByTimeAsync(100)
    loop.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(startedAt).toEqual([0, 20, 120])
  })

  it('runs at once, and then at least every idleMs', async () => {
    const idling = verb(() => idle)
    start(idling)
    expect(idling.startedAt).toEqual([0])
    await vi.advanceTimersByTimeAsync(3500)
    expect(idling.startedAt).toEqual([0, 1000, 2000, 3000])
  })

  it('runs again when the run before said, but never later than idleMs', async () => {
    const pauses = [300, 5000, 20, undefined]
    const saying = verb((run) => ({ nextInMs: pauses[run - 1] }))
    start(saying)
    await vi.advanceTimersByTimeAsync(2400)
    expect(saying.startedAt).toEqual([0, 300, 1300, 1320, 2320])
  })

  it('runs at once when woken from its rest', async () => {
    const idling = verb(() => idle)
    const loop = start(idling)
    await vi.advanceTimersByTimeAsync(400)
    loop.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(idling.startedAt).toEqual([0, 400])
    await vi.advanceTimersByTimeAsync(1000)
    expect(idling.startedAt).toEqual([0, 400, 1400])
  })

  it('rests no longer than a wake for later says', async () => {
    const idling = verb(() => idle)
    const loop = start(idling)
    await vi.advanceTimersByTimeAsync(100)
    loop.wake(500)
    await vi.advanceTimersByTimeAsync(499)
    expect(idling.startedAt).toEqual([0])
    await vi.advanceTimersByTimeAsync(1)
    expect(idling.startedAt).toEqual([0, 600])
  })

  it('keeps to the earliest of several wakes, and to its own time where that is earlier', async () => {
    const idling = verb(() => idle)
    const loop = start(idling)
    await vi.advanceTimersByTimeAsync(100)
    loop.wake(700)
    loop.wake(200)
    loop.wake(600)
    await vi.advanceTimersByTimeAsync(200)
    expect(idling.startedAt).toEqual([0, 300])
    loop.wake(5000)
    await vi.advanceTimersByTimeAsync(1000)
    expect(idling.startedAt).toEqual([0, 300, 1300])
  })

  it('runs once for many wakes', async () => {
    const idling = verb(() => idle)
    const loop = start(idling)
    await vi.advanceTimersByTimeAsync(100)
    for (let n = 0; n < 100; n += 1) loop.wake()
    await vi.advanceTimersByTimeAsync(999)
    expect(idling.startedAt).toEqual([0, 100])
  })

  it('runs again right after a run during which it was woken', async () => {
    const first = held()
    const holding = verb((run) => (run === 1 ? first.ended : idle))
    const loop = start(holding)
    await vi.advanceTimersByTimeAsync(50)
    loop.wake()
    await vi.advanceTimersByTimeAsync(50)
    expect(holding.startedAt).toEqual([0])
    first.end(idle)
    await vi.advanceTimersByTimeAsync(1)
    expect(holding.startedAt).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(900)
    expect(holding.startedAt).toHaveLength(2)
  })

  it('counts a wake for later from when it was made, also during a run', async () => {
    const first = held()
    const holding = verb((run) => (run === 1 ? first.ended : idle))
    const loop = start(holding)
    loop.wake(300)
    await vi.advanceTimersByTimeAsync(200)
    first.end(idle)
    await vi.advanceTimersByTimeAsync(99)
    expect(holding.startedAt).toEqual([0])
    await vi.advanceTimersByTimeAsync(1)
    expect(holding.startedAt).toEqual([0, 300])
  })

  it('never runs twice at the same time', async () => {
    const first = held()
    const holding = verb((run) => (run === 1 ? first.ended : idle))
    const loop = start(holding)
    for (let n = 0; n < 5; n += 1) {
      loop.wake()
      await vi.advanceTimersByTimeAsync(2000)
    }
    expect(holding.startedAt).toHaveLength(1)
    first.end(idle)
  })

  it('reports a failed run and tries again after a pause that doubles up to 5 s', async () => {
    const failing = verb((run) => {
      throw new Error(`run ${run}`)
    })
    start(failing, 60_000)
    await vi.advanceTimersByTimeAsync(16_300)
    const pauses = failing.startedAt.map((at, n) => at - (failing.startedAt[n - 1] ?? 0))
    expect(pauses).toEqual([0, 200, 400, 800, 1600, 3200, 5000, 5000])
    expect(failing.errors).toEqual(pauses.map((_, n) => new Error(`run ${n + 1}`)))
  })

  it('forgets failures after a run that succeeds', async () => {
    const mixed = verb((run) => {
      if (run === 3) return { nextInMs: 50 }
      throw new Error('failed')
    })
    start(mixed)
    await vi.advanceTimersByTimeAsync(850)
    expect(mixed.startedAt).toEqual([0, 200, 600, 650, 850])
    expect(mixed.errors).toHaveLength(4)
  })

  it('reports a verb that throws without a promise like any other', async () => {
    const errors: unknown[] = []
    start({
      errors,
      step: () => {
        throw new Error('at once')
      },
    })
    await vi.advanceTimersByTimeAsync(200)
    expect(errors).toHaveLength(2)
  })

  it('is woken out of the pause after a failure', async () => {
    const recovering = verb((run) => {
      if (run === 1) throw new Error('failed')
      return idle
    })
    const loop = start(recovering)
    await vi.advanceTimersByTimeAsync(20)
    loop.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(recovering.startedAt).toEqual([0, 20])
  })

  it('that is stopped during its rest never runs again', async () => {
    const idling = verb(() => idle)
    const loop = start(idling)
    await vi.advanceTimersByTimeAsync(10)
    const stopped = loop.stop()
    await vi.advanceTimersByTimeAsync(0)
    await stopped
    expect(vi.getTimerCount()).toBe(0)
    loop.wake()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(idling.startedAt).toEqual([0])
  })

  it('that is stopped during a run waits for it, and never runs again', async () => {
    const first = held()
    const holding = verb(() => first.ended)
    const loop = start(holding)
    let stopped = false
    const stopping = loop.stop().then(() => {
      stopped = true
    })
    loop.wake()
    await vi.advanceTimersByTimeAsync(5000)
    expect(stopped).toBe(false)
    first.end({ nextInMs: 0 })
    await stopping
    await vi.advanceTimersByTimeAsync(5000)
    expect(holding.startedAt).toEqual([0])
  })

  it('that is stopped during a run that fails reports it and ends', async () => {
    const first = held()
    const holding = verb(() => first.ended)
    const loop = start(holding)
    const stopping = loop.stop()
    first.fail(new Error('the last'))
    await stopping
    expect(holding.errors).toEqual([new Error('the last')])
    await vi.advanceTimersByTimeAsync(5000)
    expect(holding.startedAt).toEqual([0])
  })

  it('may be stopped twice', async () => {
    const loop = start(verb(() => idle))
    const stopping = Promise.all([loop.stop(), loop.stop()])
    await vi.advanceTimersByTimeAsync(0)
    await stopping
    await expect(loop.stop()).resolves.toBeUndefined()
  })

  it('leaves no timer behind that a wake during a run has set', async () => {
    const first = held()
    const holding = verb((run) => (run === 2 ? first.ended : idle))
    const loop = start(holding)
    await vi.advanceTimersByTimeAsync(10)
    loop.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(holding.startedAt).toHaveLength(2)
    loop.wake(900)
    expect(vi.getTimerCount()).toBe(0)
    first.end(idle)
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(1)
  })
})

describe('a loop that always has more to do', () => {
  it('leaves everything else its turn, and can be stopped', async () => {
    const busy = verb(() => ({ nextInMs: 0 }))
    const loop = start(busy)
    await new Promise((resolve) => setTimeout(resolve, 5))
    await loop.stop()
    expect(busy.startedAt.length).toBeGreaterThan(1)
    loops.splice(0)
  })
})
