import type { presentDeliveryDetail } from '../../api/presenters/delivery.ts'
import { curl } from '../curl.ts'
import { hintFor } from '../hints.ts'
import { pretty } from '../pretty.ts'
import { Snippet } from './pieces.tsx'
import { Pill } from './pill.tsx'
import { span, Time } from './time.tsx'

type Detail = ReturnType<typeof presentDeliveryDetail>
type Attempt = Detail['attemptHistory'][number]

/** Every attempt in order: what was sent, what came back, and what that means. */
export function Attempts({ detail, url }: { detail: Detail; url: string }) {
  const { attemptHistory } = detail
  if (attemptHistory.length === 0)
    return (
      <p class="muted">
        No attempt was made yet{detail.error === null ? '' : `: ${detail.error}`}.
      </p>
    )
  return (
    <section class="flow" aria-labelledby="attempts">
      <h2 id="attempts">
        {attemptHistory.length === 1 ? 'One attempt' : `${attemptHistory.length} attempts`}
      </h2>
      <ol class="attempts flow">
        {attemptHistory.map((attempt, index) => (
          <AttemptPart
            attempt={attempt}
            before={attemptHistory[index - 1]}
            isLast={index === attemptHistory.length - 1}
            url={url}
          />
        ))}
      </ol>
    </section>
  )
}

function AttemptPart({
  attempt,
  before,
  isLast,
  url,
}: {
  attempt: Attempt
  before: Attempt | undefined
  isLast: boolean
  url: string
}) {
  const { number, startedAt, durationMs, request, response, errorClass, error } = attempt
  const hint = hintFor(errorClass, response?.statusCode ?? null)
  const wait = before && startedAt - before.startedAt - before.durationMs
  return (
    <li class="card">
      <details open={isLast}>
        <summary>
          <h3>Attempt {number}</h3>
          <Pill tone={errorClass === null ? 'ok' : 'bad'}>
            {response?.statusCode ?? errorClass ?? 'sent'}
          </Pill>
          {hint !== undefined && <span class="small">{hint.title}</span>}
          <span class="muted small">
            <Time at={startedAt} />, took {span(durationMs)}
            {wait !== undefined && `, ${span(Math.max(0, wait))} after the one before`}
          </span>
        </summary>
        {hint !== undefined && (
          <div class="hint-box">
            <p>
              <strong>{hint.title}.</strong> {hint.advice}
            </p>
            {error !== null && <p class="small muted">{error}</p>}
          </div>
        )}
        <div class="halves">
          <div class="stack">
            <h4>Request</h4>
            {request === null ? (
              <p class="muted">None could be made.</p>
            ) : (
              <>
                <Headers headers={request.headers} label={`Request headers of attempt ${number}`} />
                <Snippet text={pretty(request.body)} label={`Request body of attempt ${number}`} />
                <details>
                  <summary>As a cURL command</summary>
                  <Snippet
                    text={curl(url, request.headers, request.body)}
                    label={`Request of attempt ${number} as a cURL command`}
                  />
                </details>
              </>
            )}
          </div>
          <div class="stack">
            <h4>Response</h4>
            {response === null ? (
              <p class="muted">No answer came.</p>
            ) : (
              <>
                <Headers
                  headers={response.headers}
                  label={`Response headers of attempt ${number}`}
                />
                <Snippet
                  text={response.body === '' ? '(empty)' : pretty(response.body)}
                  label={`Response body of attempt ${number}`}
                />
              </>
            )}
          </div>
        </div>
      </details>
    </li>
  )
}

function Headers({ headers, label }: { headers: Readonly<Record<string, string>>; label: string }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return lines.length === 0 ? null : <Snippet text={lines.join('\n')} label={label} />
}
