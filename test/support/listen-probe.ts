// Run on a runtime of its own: listens as the service does there, impatiently, and reads bodies as the
// API does; the port is written to stdout.
import { Hono } from 'hono'
import { readBody } from '../../src/api/body.ts'
import { answerProblem, Problem } from '../../src/api/problem.ts'
import { refuse } from '../../src/rules/refusal.ts'
import type { Listen } from '../../src/runtimes/server/listen.ts'

const runtime = 'Bun' in globalThis ? 'bun' : 'Deno' in globalThis ? 'deno' : 'node'
const { listen } = (await import(`../../src/runtimes/${runtime}.ts`)) as { listen: Listen }

const app = new Hono()
app.use(readBody(1, 1500))
app.all('*', async ({ req, text }) => text(await req.text()))
app.onError((error, context) => {
  if (error instanceof Problem) return answerProblem(context as never, error)
  throw error
})
const server = await listen(
  async (request) => (URL.canParse(request.url) ? app.fetch(request) : refuse(400)),
  { port: 0, hostname: '127.0.0.1', patience: { headersMs: 1000, requestMs: 1500 } },
)
process.stdout.write(`${server.port}\n`)
process.once('SIGTERM', () => server.close().then(() => process.exit(0)))
