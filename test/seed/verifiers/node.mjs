// The seed's receiver for Node.js, on its standard library alone: node node.mjs <port>
// Corrected where the seed is wrong: the raw body is verified, what is malformed is refused.
import crypto from 'node:crypto'
import http from 'node:http'

function verifyWebhook(req, payload) {
  const signature = req.headers['x-webhook-signature'] ?? ''
  const timestamp = req.headers['x-webhook-timestamp'] ?? ''
  const secret = process.env.WEBHOOK_SECRET ?? 'your-secret-key'

  // Construct signed payload
  const signedPayload = Buffer.concat([Buffer.from(`${timestamp}.`), payload])

  // Calculate expected signature
  const expectedSig = crypto.createHmac('sha256', secret).update(signedPayload).digest('hex')

  // Timing-safe comparison
  const received = Buffer.from(signature)
  const expected = Buffer.from(expectedSig)
  return (
    isRecentTimestamp(timestamp) &&
    received.length === expected.length &&
    crypto.timingSafeEqual(received, expected)
  )
}

function isRecentTimestamp(timestamp) {
  const now = Date.now()
  const age = Math.abs(now - Number(timestamp))
  return /^\d+$/.test(timestamp) && age <= 5 * 60 * 1000 // 5 minutes
}

const server = http.createServer(async (req, res) => {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  if (!verifyWebhook(req, body)) {
    console.log('refused')
    res.writeHead(401).end('Invalid signature')
    return
  }

  const event = JSON.parse(body)
  console.log('verified', event.event)
  res.writeHead(200).end('OK')
})

server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  console.log('listening', server.address().port)
})
