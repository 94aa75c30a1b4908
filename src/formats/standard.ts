import { defineFormat, readSecretKey } from 'tocsin/plugin'
import { standardHeaders } from './standard-headers.ts'

/** Standard Webhooks 1.0.0: what its libraries verify, in the payload it recommends. */
export const standard = defineFormat({
  name: 'standard',
  title: 'Standard Webhooks',
  summary: 'Receivers that verify with a library of Standard Webhooks or Svix.',
  refusesSecret: (secret) =>
    readSecretKey(secret) === undefined
      ? 'Send whsec_ and the base64 of 24 to 64 random bytes, or whsk_ and an ed25519 key'
      : undefined,
  render([{ id, type, timestamp, instance, dataText }]) {
    const head = JSON.stringify({
      id,
      type,
      timestamp: new Date(timestamp).toISOString(),
      ...(instance && { instance: { host: instance.host, port: instance.port } }),
    })
    return { body: `${head.slice(0, -1)},"data":${dataText}}` }
  },
  headers: standardHeaders,
})
