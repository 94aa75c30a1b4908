/** What to do about answers that say the same wherever they come from. */
const advice: Readonly<Record<number, string>> = {
  401: "it does not accept who sends; check the webhook's secret and httpAuth.",
  403: "it does not accept who sends; check the webhook's secret and httpAuth.",
  404: "nothing is there; check the webhook's url.",
  405: "it takes no POST there; check the webhook's url.",
  410: 'the receiver wants no more.',
  413: 'the body is too large for it.',
  429: 'it takes no more for now.',
}

/** Why an answer is no success, for people: in the words of `reason`, where the format has some. */
export function statusError(
  status: number,
  reason: string | undefined,
  isRedirected: boolean,
): string {
  const redirect =
    status >= 300 && status < 400 && isRedirected
      ? "redirects are not followed; set the webhook's url to where it points."
      : undefined
  const said = reason ?? redirect ?? advice[status]
  return said === undefined ? `HTTP ${status}` : `HTTP ${status}: ${said}`
}
