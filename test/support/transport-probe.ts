// Run on a runtime of its own: what its transport did, as one JSON object on stdout.
import { createTransport } from '../../src/runtimes/server/transport.ts'
import { selfSigned } from './certificate.ts'
import { startReceiver } from './receiver.ts'

const receiver = await startReceiver({ respond: { headers: { Connection: 'close' } } })
const secure = await startReceiver({ tls: selfSigned({ name: 'receiver.test' }) })
/** Public at first sight, as the attacker's name server has it; then what it is really after. */
const answers = [['127.0.0.1'], ['10.0.0.5'], ['127.0.0.1', '169.254.169.254']]
const asked: string[] = []
const send = createTransport({
  policy: { production: false, allow: [] },
  async resolve(name) {
    asked.push(name)
    return name === 'rebinding.test' ? (answers.shift() ?? []) : ['127.0.0.1']
  },
})

async function outcome(url: string, allowInvalidCerts = false): Promise<string> {
  try {
    const { status, body } = await send(url, {
      method: 'POST',
      headers: {},
      body: '{}',
      redirect: 'manual',
      signal: AbortSignal.timeout(5000),
      allowInvalidCerts,
    })
    for await (const _ of body ?? []);
    return String(status)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const rebinding = `http://rebinding.test:${receiver.port}/`
const untrusted = `https://receiver.test:${secure.port}/`
const outcomes = {
  rebound: [await outcome(rebinding), await outcome(rebinding), await outcome(rebinding)],
  literal: await outcome('http://[::ffff:10.0.0.5]/'),
  untrusted: await outcome(untrusted),
  trustedAllTheSame: await outcome(untrusted, true),
  untrustedAgain: await outcome(untrusted),
  received: receiver.requests.length,
  asked,
}
process.stdout.write(JSON.stringify(outcomes))
send.close()
await Promise.all([receiver.close(), secure.close()])
