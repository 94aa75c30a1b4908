import type { z } from '@hono/zod-openapi'
import { parseAddress } from '../rules/address.ts'
import type { InstanceSettings } from '../store/instances.ts'
import { redactedPassword, withStoredPassword } from './instance-url.ts'
import { invalid } from './problem.ts'
import type { instanceInput, instancePatch } from './schemas/instance.ts'

/** The settings of a new instance, completed with the defaults. */
export function newInstance(input: z.output<typeof instanceInput>): InstanceSettings {
  const { url, labels = {}, enabled = true, pollIntervalMs = null } = input
  const { host, port, name } = parseAddress(url)
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return { name: input.name ?? name ?? authority, url, host, port, labels, enabled, pollIntervalMs }
}

/** What a change makes of an instance whose whole URL is `stored`: only what was given. */
export function instanceChange(
  { url, name, labels, enabled, pollIntervalMs }: z.output<typeof instancePatch>,
  stored: string,
): Partial<InstanceSettings> {
  return {
    ...(url !== undefined && locate(url, stored)),
    ...(name !== undefined && { name }),
    ...(labels !== undefined && { labels }),
    ...(enabled !== undefined && { enabled }),
    ...(pollIntervalMs !== undefined && { pollIntervalMs }),
  }
}

function locate(sent: string, stored: string) {
  const url = withStoredPassword(sent, stored)
  if (url === undefined) throw invalid([{ pointer: '/url', message: redactedPassword }])
  const { host, port } = parseAddress(url)
  return { url, host, port }
}
