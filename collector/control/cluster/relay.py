"""A port of this machine's loopback that leads somewhere else, for a while."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from collector.model import AlmanacError
from collector.reach import Unreached
from collector.reach.through import Stream

_AT_ONCE = 65_536


class NotRelayed(AlmanacError):
    """Nobody is there to be led to."""

    exit_status = 1


class Relay:
    """Leads each who connects to `port` to where `connect` does."""

    def __init__(self, connect: Callable[[], Stream]) -> None:
        self._connect = connect
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[Stream] = []
        self._pumps: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]

    def let_in(self, seconds: float) -> int:
        """Lets everybody in for so long; how many came."""
        until, came = time.monotonic() + seconds, 0
        while (left := until - time.monotonic()) > 0:
            self._listener.settimeout(left)
            with suppress(TimeoutError):
                viewer, _ = self._listener.accept()
                came += self._lead(viewer)
        self._listener.close()
        return came

    def wait(self) -> None:
        """Until the last has gone."""
        for pump in self._pumps:
            pump.join()

    def close(self) -> None:
        """Ends all of it."""
        for stream in [self._listener, *self._open]:
            with suppress(OSError):
                stream.close()

    def _lead(self, viewer: socket.socket) -> bool:
        viewer.settimeout(None)
        try:
            there = self._connect()
        except Unreached:
            viewer.close()
            return False
        self._open += [viewer, there]
        for source, sink in ((viewer, there), (there, viewer)):
            pump = threading.Thread(target=_pump, args=[source, sink], daemon=True)
            pump.start()
            self._pumps.append(pump)
        return True


def _pump(source: Stream, sink: Stream) -> None:
    with suppress(OSError, EOFError):
        while some := source.recv(_AT_ONCE):
            sink.sendall(some)
    for stream in (source, sink):
        with suppress(OSError, EOFError):
            if isinstance(stream, socket.socket):
                stream.shutdown(socket.SHUT_RDWR)  # else the other pump would go on waiting
            stream.close()


@contextmanager
def relayed(connect: Callable[[], Stream]) -> Iterator[Relay]:
    """A relay, once somebody is there. Raises NotRelayed."""
    try:
        connect().close()
    except Unreached as error:
        raise NotRelayed(str(error)) from error
    relay = Relay(connect)
    try:
        yield relay
    finally:
        relay.close()
