/** How the URL of a webhook is shown where the whole of it is a secret. */
export function concealUrl(url: string): string {
  return `${new URL(url).origin}/***`
}

/** Services whose URLs are all there is to keep a stranger out. */
const secretHosts =
  /^(hooks\.zapier\.com|hook\.([a-z0-9-]+\.)?make\.com|maker\.ifttt\.com|webhooks\.rootly\.com)$/
/** Parameters that say who sends, such as CloudEvents' `access_token`, or that sign the URL. */
const secretParameter =
  /token|secret|passw|credential|signature|^sig$|(^|[-_])(auth|key|code)$|apikey/i

/** Whether a URL plainly bears a secret, whatever the format: a token, or all of it at a known service. */
export function bearsUrlSecret(url: string): boolean {
  const { hostname, searchParams } = new URL(url)
  if (secretHosts.test(hostname)) return true
  return [...searchParams.keys()].some((name) => secretParameter.test(name))
}

/** Whether this is what {@link concealUrl} makes of some URL. */
export function looksConcealed(url: string): boolean {
  return url.trim().endsWith('/***')
}
