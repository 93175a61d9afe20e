"""The connection on which an instance is asked, for another thread to cut: whoever sends a byte now and then is never
silent for long, and would keep the asker's thread, and its socket, as long as he likes."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_STANDS = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Line:
    """One connection at a time, the last one that stood."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False

    def trace(self, event: str, told: Mapping[str, Any]) -> None:
        """Hears of each step of a request: the extension `trace` of httpx (https://www.python-httpx.org/advanced/extensions)."""
        if event in _STANDS:
            self._socket = told["return_value"].get_extra_info("socket")
            if self._is_cut:
                self.cut()

    def cut(self) -> None:
        """Ends the connection, and each that is made later; who waits on it is told at once."""
        self._is_cut = True
        with suppress(OSError):  # it has ended already
            if self._socket is not None:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
