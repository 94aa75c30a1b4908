import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { z } from 'zod'
import { faultOf, timedOut } from '../runtimes/server/fault.ts'

/** Whether the receiver of a webhook can be connected to from here. */
export interface Reached {
  readonly name: string
  readonly ok: boolean
  /** Host and port, and what is wrong; no path, which may be a secret. */
  readonly detail: string
}

export const webhooksSchema = z.array(
  z.object({
    name: z.string(),
    url: z.string(),
    enabled: z.boolean(),
    allowInvalidCerts: z.boolean().optional(),
  }),
)
type Webhook = z.infer<typeof webhooksSchema>[number]

/** Connects to the receiver of each enabled webhook, with TLS where it is https, and sends nothing. */
export function reach(webhooks: readonly Webhook[], timeoutMs: number): Promise<Reached[]> {
  const enabled = webhooks.filter((webhook) => webhook.enabled && URL.canParse(webhook.url))
  return Promise.all(
    enabled.map(async ({ name, url, allowInvalidCerts = false }) => {
      const target = new URL(url)
      try {
        await open(target, allowInvalidCerts, timeoutMs)
        return { name, ok: true, detail: `${target.host} can be reached` }
      } catch (error) {
        return { name, ok: false, detail: faultOf(error, target, 'connecting').message }
      }
    }),
  )
}

function open(url: URL, allowInvalidCerts: boolean, timeoutMs: number): Promise<void> {
  const secure = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const address = { host, port: Number(url.port) || (secure ? 443 : 80) }
  const socket = secure
    ? connectTls({
        ...address,
        ...(isIP(host) === 0 && { servername: host }),
        rejectUnauthorized: !allowInvalidCerts,
      })
    : connectTcp(address)
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(timedOut(url, 'connecting')), timeoutMs)
    socket.once('error', reject)
    socket.once('close', () => clearTimeout(timer))
    socket.once(secure ? 'secureConnect' : 'connect', resolve)
  }).finally(() => socket.destroy())
}
