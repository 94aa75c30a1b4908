/** The same request as a command line; what is redacted in it stays so. */
export function curl(url: string, headers: Readonly<Record<string, string>>, body: string): string {
  const skipped = /^(?:host|content-length|connection|transfer-encoding|accept-encoding)$/i
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    skipped.test(name) ? [] : [`-H ${quoted(`${name}: ${value}`)}`],
  )
  return [`curl -X POST ${quoted(url)}`, ...lines, `--data-raw ${quoted(body)}`].join(' \\\n  ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
