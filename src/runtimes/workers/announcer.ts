/** Says now and then that there is something to do, while it comes to be. */
export interface Announcer {
  soon(): void
  /** Says what is still unsaid; resolves when all of it has been said. */
  flush(): Promise<void>
}

/** Who was told looks for everything: what comes right after is mostly found as well. */
const pauseMs = 1000

/** At once, and then once a second at most. `say` never rejects. */
export function createAnnouncer(say: () => Promise<void>): Announcer {
  let saying: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let unsaid = false

  function now(): void {
    unsaid = false
    saying = say()
    timer = setTimeout(() => {
      timer = undefined
      if (unsaid) now()
    }, pauseMs)
  }

  return {
    soon() {
      if (timer === undefined) now()
      else unsaid = true
    },
    async flush() {
      clearTimeout(timer)
      timer = undefined
      await saying
      if (unsaid) await say()
    },
  }
}
