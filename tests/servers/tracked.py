"""A real server of an application with many instances on a free port of every 127.x.x.x: the path says how each one
behaves, and what was asked is kept."""

from __future__ import annotations

import gzip
import json
import ssl
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any


def facts(number: int) -> dict[str, Any]:
    """What the good instance of a number tells."""
    return {
        "users": number * 3,
        "python": f"3.{9 + number % 4}",
        "rooms": [number, 2, number % 5],
        "disk": {"free": number / 4, "name": f"sd{number % 3}"},
        "public": number % 2 == 0,
    }


class Tracked:
    """`/KIND/NUMBER/...` on `port`. asked: paths, with their headers. most: so many were asked at once, by address.
    hung_up: whether who was sent an answer without end has gone."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.most: Counter[str] = Counter()
        self.hung_up = Event()
        self._now: Counter[str] = Counter()
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("0.0.0.0", 0), type("Handler", (_Handler,), {"outer": self}))
        self._server.handle_error = lambda *_: None  # who hangs up early is no fault of the test
        self._server.request_queue_size = 300
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]

    def __enter__(self) -> Tracked:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """An instance, by the kind that its path begins with: each method is one. outer: where it is told what was asked."""

    outer: Tracked

    def do_GET(self) -> None:
        host = self.connection.getsockname()[0]
        with self.outer._lock:
            self.outer.asked.append((self.path, dict(self.headers)))
            before = sum(path == self.path for path, _ in self.outer.asked)
            self.outer._now[host] += 1
            self.outer.most[host] = max(self.outer.most[host], self.outer._now[host])
        self.host: str | None = host
        try:
            _, kind, number, *_ = self.path.split("/")
            getattr(self, kind)(int(number), before)
        finally:
            self.leave()

    def leave(self) -> None:
        """From here on whoever asked may have gone, so it counts no more."""
        with self.outer._lock:
            if self.host is not None:
                self.outer._now[self.host] -= 1
            self.host = None

    def say(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.leave()
        self.end_headers()
        self.wfile.write(body)

    def good(self, number: int, _: int) -> None:
        time.sleep(0.01)
        self.say(json.dumps(facts(number)).encode())

    def slow(self, *_: int) -> None:
        self.leave()
        self.send_response(200)
        self.end_headers()
        for _ in range(400):
            self.wfile.write(b" ")
            time.sleep(0.05)

    def endless(self, *_: int) -> None:
        self.leave()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Much: ")
        try:
            while True:
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            self.outer.hung_up.set()

    def long(self, number: int, _: int) -> None:
        time.sleep(0.3)
        self.good(number, 0)

    def echo(self, *_: int) -> None:
        self.say(json.dumps({"users": 1, "request": str(self.headers), "sent": dict(self.headers)}).encode())

    def roomy(self, *_: int) -> None:
        self.say(b'{"a": [' + b"{}," * 100_000 + b"{}]}")

    def new(self, number: int, before: int) -> None:
        self.say(json.dumps({f"key{before}_{n}": n for n in range(number)} | {"users": before}).encode())

    def later(self, *_: int) -> None:
        self.say(b"", 503, Retry_After="3600")

    def unmoved(self, *_: int) -> None:
        self.say(b"", 304)

    def huge(self, *_: int) -> None:
        self.say(b'{"a": "' + b"x" * 3_000_000 + b'"}')

    def broken(self, *_: int) -> None:
        self.say(b'{"users": ')

    def listed(self, *_: int) -> None:
        self.say(b"[1, 2]")

    def deep(self, *_: int) -> None:
        self.say(b'{"a":' * 100_000)

    def hostile(self, *_: int) -> None:
        told = {"users": 7, "name": "\x1b[2J<script>alert(1)</script>", "a b": 1, "big": 10**400, "not": None}
        self.say(json.dumps(told).encode())

    def gone(self, *_: int) -> None:
        self.say(b'{"users": 1}', 404)

    def again(self, number: int, before: int) -> None:
        self.say(json.dumps(facts(number)).encode(), 200 if before > 1 else 503)

    def cut(self, *_: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.leave()
        self.end_headers()
        self.wfile.write(b'{"users": 1')

    def zipped(self, *_: int) -> None:
        self.say(gzip.compress(b'{"a": "' + b"x" * 30_000_000 + b'"}'), Content_Encoding="gzip")

    def moved(self, number: int, _: int) -> None:
        self.say(b"", 302, Location=f"/good/{number}/x")

    def away(self, *_: int) -> None:
        self.say(b"", 302, Location=f"http://127.9.9.9:{self.outer.port}/good/1/x")

    def port(self, *_: int) -> None:
        self.say(b"", 302, Location="http://127.0.0.1:1/good/1/x")

    def round(self, number: int, _: int) -> None:
        self.say(b"", 302, Location=f"/round/{number}/x")

    def file(self, *_: int) -> None:
        self.say(b"", 302, Location="file:///etc/passwd")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
