"""A gateway that knows one thing: payment pay_X has paid order_X, so much, and is captured.

    python -m benchmarks.gateway AMOUNT_PAISE    prints its port

In a process of its own, so that what it costs is not taken from what is measured more than it must.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AMOUNT = int(sys.argv[1])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        payment_id = self.path.rpartition("/")[2]
        body = json.dumps(
            {
                "id": payment_id,
                "entity": "payment",
                "amount": AMOUNT,
                "currency": "INR",
                "base_amount": AMOUNT,
                "status": "captured",
                "order_id": payment_id.replace("pay_", "order_"),
                "method": "upi",
                "amount_refunded": 0,
                "captured": True,
                "fee": 2360,
                "tax": 360,
                "notes": [],
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Ten thousand lines help nobody."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
