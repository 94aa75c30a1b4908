/**
 * `tocsin/verify`: checks at the receiver that a request comes from Tocsin, whichever way the webhook
 * signs. No dependencies, WebCrypto only: Node, Bun, Deno, Workers and browsers alike.
 *
 * ```ts
 * const result = await verify({ headers: request.headers, body: await request.text(), secret })
 * if (!result.ok) return new Response(result.message, { status: 401 })
 * ```
 *
 * @module
 */
export { readAttribute } from './verify/cloud-event.ts'
export {
  type VerifiedMessage,
  type VerifyMessageOptions,
  verifyMessage,
} from './verify/message.ts'
export { type Handle, receiver } from './verify/receiver.ts'
export type { HeadersLike } from './verify/request.ts'
export {
  type Refused,
  type Scheme,
  schemes,
  type Verified,
  type VerifyReason,
  type VerifyResult,
} from './verify/result.ts'
export { type SignOptions, sign } from './verify/sign.ts'
export { type VerifyOptions, type VerifySettings, verify } from './verify/verify.ts'
