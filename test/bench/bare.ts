import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'

/** The least a sender can do: POST over kept connections, nothing stored, nothing signed. */
export interface BareSender {
  /** Resolves with the event's id when the answer has been read. */
  send(url: string): Promise<string>
  close(): void
}

export function createBareSender(bodyBytes: number, connections = 256): BareSender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections })
  const rest = 'x'.repeat(Math.max(0, bodyBytes - bodyOf(randomUUID(), '').length))
  return {
    send: (url) =>
      new Promise((resolve, reject) => {
        const id = randomUUID()
        const body = bodyOf(id, rest)
        const headers = { 'content-type': 'application/json', 'content-length': body.length }
        const sending = request(url, { agent, method: 'POST', headers }, (response) => {
          response.resume().once('end', () => resolve(id))
        })
        sending.once('error', reject).end(body)
      }),
    close: () => agent.destroy(),
  }
}

/** Sends `count` requests, `atOnce` under way at any time, to the URLs in turn. */
export async function sendAll(
  sender: BareSender,
  urls: readonly string[],
  { count, atOnce }: { readonly count: number; readonly atOnce: number },
): Promise<void> {
  let sent = 0
  const lane = async () => {
    while (sent < count) {
      const url = urls[sent % urls.length] ?? ''
      sent += 1
      await sender.send(url)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

function bodyOf(id: string, rest: string): string {
  return `{"id":"${id}","data":"${rest}"}`
}
