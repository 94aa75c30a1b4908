/** How the URL of a webhook is shown where the whole of it is a secret. */
export function concealUrl(url: string): string {
  return `${new URL(url).origin}/***`
}

/** Whether this is what {@link concealUrl} makes of some URL. */
export function looksConcealed(url: string): boolean {
  return url.trim().endsWith('/***')
}
