"""gunicorn's worker with threads, which tells a request that is no HTTP so without HTML."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from collector.intake.app import STREAMS
from collector.intake.faults import TYPE, document, title

_STATUS = ((LimitRequestLine, 414), (LimitRequestHeaders, 431), (ParseException, 400))


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
    """The same, with problem details, and an end to streams that would have none."""

    def run(self) -> None:
        """Works until it is told to stop, or its master has gone."""
        try:
            super().run()
        finally:
            self._end_streams()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stops when what is being answered has been."""
        self._end_streams()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """Stops at once."""
        self._end_streams()
        super().handle_quit(sig, frame)

    def _end_streams(self) -> None:
        """The thread that is told to stop never holds their lock, so this waits for no more than a message."""
        if self.wsgi is not None:
            self.wsgi.extensions[STREAMS].end()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answers what the application never sees. Nothing of the request is logged."""
        del req  # gunicorn passes it; there may be none
        status = next((status for kind, status in _STATUS if isinstance(exc, kind)), 500)
        self.log.warning("answered %s with %s: %s", addr[0] if addr else "", status, type(exc).__name__)
        body = json.dumps(document(status, "This is no HTTP request that can be answered.", {})).encode()
        head = f"HTTP/1.1 {status} {title(status)}\r\nConnection: close\r\nContent-Type: {TYPE}\r\n"
        with suppress(Exception):  # who sent it may have gone
            write_nonblock(client, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
