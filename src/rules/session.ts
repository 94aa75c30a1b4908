/** Name of the cookie that a browser signed in holds. Its value is random: it says nothing by itself. */
const name = 'tocsin_session'

/** How long a browser stays signed in, milliseconds. */
export const sessionMs = 14 * 86_400_000

/** The session that a `Cookie` header names. */
export function sessionOf(cookies: string | null): string | undefined {
  for (const pair of (cookies ?? '').split(';')) {
    const [key, value = ''] = pair.trim().split('=')
    if (key === name && /^[\w-]{20,100}$/.test(value)) return value
  }
  return undefined
}

/** A `Set-Cookie` header: no script reads it, and no other site's page can have it sent. */
export function sessionCookie(session: string, secure: boolean): string {
  const lasts = session === '' ? 0 : sessionMs / 1000
  const base = `${name}=${session}; Path=/; Max-Age=${lasts}; HttpOnly; SameSite=Strict`
  return secure ? `${base}; Secure` : base
}
