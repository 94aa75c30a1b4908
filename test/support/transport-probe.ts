// Run on a runtime of its own: what its transport did, as one JSON object on stdout.
import { createTransport } from '../../src/runtimes/server/transport.ts'
import { selfSigned } from './certificate.ts'
import { hostileUrls } from './hostile-urls.ts'
import { startReceiver } from './receiver.ts'

const receiver = await startReceiver({ respond: { headers: { Connection: 'close' } } })
const secure = await startReceiver({ tls: selfSigned({ name: 'receiver.test' }) })
const inside = `http://127.0.0.1:${receiver.port}/`
const elsewhere = await startReceiver({ respond: { status: 307, headers: { Location: inside } } })
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

/** In production, with a resolver that would lead every name here. */
const strict = createTransport({
  policy: { production: true, allow: [] },
  async resolve(name) {
    asked.push(name)
    return ['127.0.0.1']
  },
})
async function dialled(url: string): Promise<string[]> {
  const signal = AbortSignal.timeout(5000)
  const init = { method: 'POST', headers: {}, body: '{}', redirect: 'manual', signal } as const
  return strict(url, init).then(
    () => [url],
    (error: unknown) => (/^blocked: /.test(String((error as Error).message)) ? [] : [url]),
  )
}

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
  redirected: await outcome(elsewhere.url),
  hostile: (await Promise.all(hostileUrls.map(dialled))).flat(),
  received: receiver.requests.length,
  asked,
}
process.stdout.write(JSON.stringify(outcomes))
send.close()
strict.close()
await Promise.all([receiver.close(), secure.close(), elsewhere.close()])
