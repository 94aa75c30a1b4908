# The seed's receiver for Python, on its standard library alone: python3 python.py <port>
# Corrected where the seed is wrong: raw bytes are verified, what is malformed is refused.
import hashlib
import hmac
import json
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WEBHOOK_SECRET = os.environ.get('WEBHOOK_SECRET', 'your-secret-key')


def verify_webhook(headers, payload):
    signature = headers.get('X-Webhook-Signature', '')
    timestamp = headers.get('X-Webhook-Timestamp', '')

    # Construct signed payload
    signed_payload = f"{timestamp}.".encode() + payload

    # Calculate expected signature
    expected = hmac.new(
        WEBHOOK_SECRET.encode(),
        signed_payload,
        hashlib.sha256
    ).hexdigest()

    # Timing-safe comparison
    return is_recent_timestamp(timestamp) and hmac.compare_digest(
        signature.encode(), expected.encode()
    )


def is_recent_timestamp(timestamp):
    if not re.fullmatch('[0-9]{1,16}', timestamp):
        return False
    age = abs(time.time() * 1000 - int(timestamp))
    return age <= 5 * 60 * 1000  # 5 minutes


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        payload = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        if not verify_webhook(self.headers, payload):
            print('refused', flush=True)
            return self.answer(401, b'Invalid signature')
        event = json.loads(payload)
        print('verified', event['event'], flush=True)
        self.answer(200, b'OK')

    def answer(self, status, body):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


server = ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler)
print('listening', server.server_port, flush=True)
server.serve_forever()
