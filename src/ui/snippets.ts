/** Receivers that verify, by language: those of the README, where tests run them. */
export const snippets: Readonly<Record<string, string>> = {
  Node: `// receiver.mjs
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { verify } from 'tocsin/verify'

const secret = process.env.WEBHOOK_SECRET

createServer(async (request, response) => {
  const body = await buffer(request) // as it arrived: parsed and printed again it is another
  const result = await verify({ headers: request.headers, body, secret })
  if (!result.ok) return response.writeHead(401).end(result.message)
  response.writeHead(204).end() // answer first, work later; drop an id you have seen
  console.log(result.event, result.id, result.payload)
}).listen(3002)
`,
  'Hono, on Workers too': `// worker.ts
import { Hono } from 'hono'
import { receiver } from 'tocsin/verify'

const app = new Hono<{ Bindings: { WEBHOOK_SECRET: string } }>()

app.post('/webhooks', (c) => {
  const receive = receiver({ secret: c.env.WEBHOOK_SECRET }, async ({ event, id, payload }) => {
    console.log(event, id, payload)
  })
  return receive(c.req.raw) // 204, or 401 with the reason
})

export default app
`,
  Python: `# receiver.py
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()
# The second is there while a secret is rotated.
SIGNATURES = ("X-Webhook-Signature", "X-Webhook-Signature-Previous")


def is_genuine(headers, body):
    stamp = headers.get("X-Webhook-Timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
        return False
    if abs(time.time() * 1000 - int(stamp)) > 300_000:
        return False
    expected = hmac.new(SECRET, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = [headers.get(name, "").encode() for name in SIGNATURES]
    return any(hmac.compare_digest(it, expected.encode()) for it in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        genuine = is_genuine(self.headers, body)
        self.send_response(204 if genuine else 401)
        self.end_headers()
        if genuine:
            event = json.loads(body)
            print(event["event"], event["id"], event["data"])


if not SECRET:
    raise SystemExit("WEBHOOK_SECRET is empty")
ThreadingHTTPServer(("", 3002), Receiver).serve_forever()
`,
  Go: `// receiver.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"
)

var secret = []byte(os.Getenv("WEBHOOK_SECRET"))

func isGenuine(header http.Header, body []byte) bool {
	stamp := header.Get("X-Webhook-Timestamp")
	ms, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.UnixMilli(ms)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%s", stamp, body)
	expected := mac.Sum(nil)
	// The second is there while a secret is rotated.
	for _, name := range []string{"X-Webhook-Signature", "X-Webhook-Signature-Previous"} {
		given, err := hex.DecodeString(header.Get(name))
		if err == nil && hmac.Equal(given, expected) {
			return true
		}
	}
	return false
}

func receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil || !isGenuine(r.Header, body) {
		http.Error(w, "not genuine", http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusNoContent)
	log.Printf("%s", body)
}

func main() {
	if len(secret) == 0 {
		log.Fatal("WEBHOOK_SECRET is empty")
	}
	log.Fatal(http.ListenAndServe(":3002", http.HandlerFunc(receive)))
}
`,
}
