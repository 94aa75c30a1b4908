import { createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import type { Format } from 'tocsin/plugin'
import { formatEvent } from 'tocsin/testing'
import { betterdb } from '../../src/formats/betterdb.ts'
import { stalwart } from '../../src/formats/stalwart.ts'
import { standard } from '../../src/formats/standard.ts'
import { createSigner } from '../../src/rules/sign.ts'
import { signingKeys } from '../../src/runtimes/server/signing-keys.ts'
import { type Benchmark, result } from './benchmark.ts'
import { median } from './quantile.ts'

const shared = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const events = [formatEvent()] as const
const context = { webhook: { id: 'w', name: 'w' }, config: {}, environment: 'bench' }

/** The headers of one attempt, beside the bare signature of the same body by Node's own crypto. */
export const signing: Benchmark = {
  name: 'signing',
  summary: 'what the headers that sign a delivery cost, the key imported once',
  async *run({ quick }) {
    const rounds = quick ? 200 : 2000
    const { privateKey } = generateKeyPairSync('ed25519')
    const { d = '', x = '' } = privateKey.export({ format: 'jwk' })
    const pair = Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')])
    const key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }))
    const byHmac = (body: string) => createHmac('sha256', shared).update(body).digest()
    const byKey = (body: string) => sign(null, Buffer.from(body), key)
    for (const [name, format, secret, bare] of [
      ['betterdb', betterdb, shared, byHmac],
      ['stalwart', stalwart, shared, byHmac],
      ['standard', standard, shared, byHmac],
      ['standard-ed25519', standard, `whsk_${pair.toString('base64')}`, byKey],
    ] as const) {
      const { cost, body } = headersOf(format, secret)
      yield result({
        name: `signing.${name}`,
        value: await microseconds(cost, rounds),
        unit: 'microseconds',
        reference: await microseconds(async () => bare(body), rounds),
        // The bare signature of ed25519 alone takes longer than 30 microseconds on many machines.
        target: bare === byKey ? { of: 'ratio', atMost: 1.6 } : { of: 'value', atMost: 30 },
      })
    }
  },
}

function headersOf(format: Format, secret: string) {
  const signer = createSigner([secret], signingKeys)
  const { body } = format.render(events, context)
  const attempt = { events, body, attemptId: 'a', context, signer }
  const cost = async () => format.headers?.({ ...attempt, timestamp: Date.now() })
  return { cost, body }
}

/** Processor time, of all threads: the median of batches. */
async function microseconds(work: () => Promise<unknown>, rounds: number): Promise<number> {
  const costs: number[] = []
  for (let batch = 0; batch < 15; batch += 1) {
    const from = process.cpuUsage()
    for (let at = 0; at < rounds; at += 1) await work()
    const { user, system } = process.cpuUsage(from)
    if (batch > 0) costs.push((user + system) / rounds)
  }
  return median(costs)
}
