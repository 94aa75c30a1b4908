import type { Context } from '../context.ts'

/** What was just done, said once on the next page. */
export interface NoticeText {
  readonly kind: 'done' | 'refused'
  readonly text: string
}

const cookie = 'tocsin_notice'

/** Goes on to a page that says what was done. */
export function redirectWith(context: Context, path: string, notice: NoticeText): Response {
  const value = encodeURIComponent(`${notice.kind}:${notice.text}`.slice(0, 1000))
  context.header(
    'Set-Cookie',
    `${cookie}=${value}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict`,
    {
      append: true,
    },
  )
  return context.redirect(path, 303)
}

/** What the page before left to be said. */
export function takeNotice(context: Context): NoticeText | undefined {
  const [, value = ''] =
    new RegExp(`(?:^|;\\s*)${cookie}=([^;]*)`).exec(context.req.header('cookie') ?? '') ?? []
  if (value === '') return undefined
  context.header('Set-Cookie', `${cookie}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`, {
    append: true,
  })
  const [, kind, text = ''] = /^(done|refused):(.*)$/s.exec(decode(value)) ?? []
  return text === '' ? undefined : { kind: kind === 'refused' ? 'refused' : 'done', text }
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // Not written here.
    return ''
  }
}

/** The live region: read out when it appears. */
export function Notice({ notice }: { notice: NoticeText | undefined }) {
  return (
    <div id="notice" role="status">
      {notice !== undefined && <p class={`notice ${notice.kind}`}>{notice.text}</p>}
    </div>
  )
}
