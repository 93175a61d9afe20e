"""A real dead man's switch on a free port of 127.0.0.1: it keeps what it was asked, and can be slow, wrong or silent."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Switch:
    """`asked`: paths in their order. `slow`: seconds before each answer. `status`: what is answered; `first`: what
    is answered instead at first, byte for byte, with {path} for what was asked."""

    def __init__(
        self, context: ssl.SSLContext | None = None, slow: float = 0.0, status: int = 200, *, first: Sequence[str] = ()
    ) -> None:
        self.asked: list[str] = []
        outer, early = self, list(first)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                time.sleep(slow)
                if early:
                    self.wfile.write(early.pop(0).replace("{path}", self.path).encode())
                    return
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"OK")

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # who hangs up early is no fault of the test
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if context else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}/ping/s3cret-uuid"

    def __enter__(self) -> Switch:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
