import { deliveryStatuses } from '../store/schema/index.ts'

/** A field of a form or of a URL; undefined where it was not given. */
type Given = (name: string) => string | undefined

/** What a URL or a form says of which given-up deliveries are meant. */
export const retriedFields = ['webhook', 'status', 'code', 'error'] as const

/** The same as the API and the store want it: given and empty, there was none. */
export function retriedOf(given: Given) {
  const [status, code, error] = [given('status'), given('code'), given('error')]
  const known = deliveryStatuses.find((it) => it === status)
  return {
    ...(known !== undefined && { status: known }),
    ...(code !== undefined && { statusCode: code === '' ? null : Math.trunc(Number(code)) || 0 }),
    ...(error !== undefined && { error: error === '' ? null : error }),
  }
}
