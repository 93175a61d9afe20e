"""gunicorn's worker with threads, which tells a request that is no HTTP so without HTML."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from collector.intake.faults import TYPE, document, title

_STATUS = ((LimitRequestLine, 414), (LimitRequestHeaders, 431), (ParseException, 400))


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
    """The same, with problem details."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answers what the application never sees. Nothing of the request is logged."""
        del req  # gunicorn passes it; there may be none
        status = next((status for kind, status in _STATUS if isinstance(exc, kind)), 500)
        self.log.warning("answered %s with %s: %s", addr[0] if addr else "", status, type(exc).__name__)
        body = json.dumps(document(status, "This is no HTTP request that can be answered.", {})).encode()
        head = f"HTTP/1.1 {status} {title(status)}\r\nConnection: close\r\nContent-Type: {TYPE}\r\n"
        with suppress(Exception):  # who sent it may have gone
            write_nonblock(client, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
