import type { Sender } from '../rules/sender.ts'

type ReportFault = (variable: string, problem: string, example: string) => void

/** What payloads say about this service. */
export function readSender(text: (name: string) => string | undefined, fault: ReportFault): Sender {
  const publicUrl = text('PUBLIC_URL')
  const usable =
    publicUrl === undefined ||
    (URL.canParse(publicUrl) && /^https?:$/.test(new URL(publicUrl).protocol))
  if (!usable) fault('PUBLIC_URL', 'is not an http or https URL', 'https://tocsin.example.com')
  const accountId = text('TOCSIN_ACCOUNT_ID')
  return {
    environment: text('TOCSIN_ENVIRONMENT') ?? text('NODE_ENV') ?? 'development',
    ...(accountId !== undefined && { accountId }),
    ...(publicUrl !== undefined && { publicUrl: publicUrl.replace(/\/+$/, '') }),
  }
}
