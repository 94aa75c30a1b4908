/**
 * Tries again what fails, after a growing pause, for at most `forMs`; then rejects as the last try
 * did. For work that may be done twice without harm, while the database is away.
 */
export async function patiently<Result>(
  work: () => Promise<Result>,
  forMs: number,
): Promise<Result> {
  const until = performance.now() + forMs
  for (let pause = 100; ; pause = Math.min(pause * 2, 2000)) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() + pause > until) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}
