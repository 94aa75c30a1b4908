/** What is known sooner than this is asked for each time; nobody waits longer for what takes longer. */
const patienceMs = 50
/** Between two times at least so many times as long as it took: it costs the database 5 % at most. */
const pause = 20

/**
 * Asks for what may take long, for all who want it at once. Where it does, all but the first get what was
 * known before, while it is asked for anew.
 */
export function askSparingly<Answer>(
  ask: () => Promise<Answer>,
  now: () => number = Date.now,
): () => Promise<Answer> {
  let known: { readonly answer: Answer; readonly until: number } | undefined
  let asking: Promise<Answer> | undefined

  async function anew(): Promise<Answer> {
    const from = now()
    const answer = await ask()
    const tookMs = now() - from
    known = { answer, until: tookMs < patienceMs ? from : now() + tookMs * pause }
    return answer
  }

  return async () => {
    if (known !== undefined && now() < known.until) return known.answer
    asking ??= anew().finally(() => {
      asking = undefined
    })
    if (known === undefined) return asking
    const { answer } = known
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<Answer>((resolve) => {
      timer = setTimeout(resolve, patienceMs, answer)
    })
    return Promise.race([asking, late]).finally(() => clearTimeout(timer))
  }
}
