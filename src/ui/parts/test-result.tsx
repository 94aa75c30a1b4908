import { z } from 'zod'
import { hintFor } from '../hints.ts'
import { pretty } from '../pretty.ts'
import { Snippet } from './pieces.tsx'
import { span } from './time.tsx'

const shape = z.object({
  success: z.boolean(),
  statusCode: z.number().optional(),
  responseBody: z.string().optional(),
  responseHeaders: z.record(z.string(), z.string()).optional(),
  error: z.string().optional(),
  durationMs: z.number(),
  request: z.object({ headers: z.record(z.string(), z.string()), body: z.string() }).optional(),
})

/** What a test request brought: what was sent, what came back, what that means. */
export function TestResult({ result }: { result: unknown }) {
  const { success, statusCode, responseBody, responseHeaders, error, durationMs, request } =
    shape.parse(result)
  const hint = success ? undefined : hintFor('status', statusCode ?? null)
  return (
    <section class="card stack" aria-labelledby="tested" id="test-result" tabindex={-1}>
      <h2 id="tested">{success ? 'The test arrived' : 'The test did not arrive'}</h2>
      <p class={`notice ${success ? 'done' : 'refused'}`} role="status">
        {statusCode === undefined ? 'No answer came' : `It was answered ${statusCode}`} after{' '}
        {span(durationMs)}. {error ?? ''} {statusCode !== undefined && hint?.advice}
      </p>
      <div class="halves">
        <div class="stack">
          <h3>Request</h3>
          {request === undefined ? (
            <p class="muted">None could be made.</p>
          ) : (
            <>
              <Snippet text={lines(request.headers)} label="Headers of the test request" />
              <Snippet text={pretty(request.body)} label="Body of the test request" />
            </>
          )}
        </div>
        <div class="stack">
          <h3>Response</h3>
          {responseHeaders !== undefined && (
            <Snippet text={lines(responseHeaders)} label="Headers of the answer" />
          )}
          {responseBody === undefined ? (
            <p class="muted">None.</p>
          ) : (
            <Snippet
              text={responseBody === '' ? '(empty)' : pretty(responseBody)}
              label="Body of the answer"
            />
          )}
        </div>
      </div>
    </section>
  )
}

function lines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
}
