import { streams } from './live.ts'

/**
 * What work came to, if that was within a second; else undefined, and it goes on. Where a process
 * ends with its answer, it is waited for.
 */
export async function soon<Answer>(work: Promise<Answer>): Promise<Answer | undefined> {
  if (!streams) return work
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, 1000, undefined)
  })
  // Whatever goes wrong later has been written to the log by the API.
  work.catch(() => undefined)
  const first = await Promise.race([work, late])
  clearTimeout(timer)
  return first
}
