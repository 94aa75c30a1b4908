const variable = /^[A-Za-z_][A-Za-z0-9_]*\*?$/
const example = 'HOOK_*,/run/secrets/'

/**
 * `ALLOW_SECRETS`: what webhooks may name as secrets, comma-separated: variables (`HOOK_*` for all that
 * begin so), files, and folders with a slash at their end. Unset, everything but the service's own
 * secrets; in production nothing, since who may set up webhooks could send them anywhere.
 */
export function readAllowedSecrets(
  text: string | undefined,
  production: boolean,
  fault: (variable: string, problem: string, example: string) => unknown,
): readonly string[] | undefined {
  if (text === undefined) return production ? [] : undefined
  const listed = text.split(',').map((one) => one.trim())
  for (const one of listed)
    if (!variable.test(one) && !one.startsWith('/'))
      fault(
        'ALLOW_SECRETS',
        `${JSON.stringify(one)} is neither the name of a variable nor an absolute path`,
        example,
      )
  return listed
}
