"""Displays that are steered from elsewhere: each listens to a stream, a menu tells them what to do.

Source of the stream: server-sent events (WHATWG HTML, 9.2). A message is one event, `data: {"do": "next"}`; a comment
every 15 seconds keeps proxies from closing it, and finds out who has gone. Nothing is told again to who listens later;
a display goes on by itself. Where messages are not taken away in time, the oldest are dropped.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from hmac import compare_digest
from threading import Condition
from typing import Self

from collector.config.intake import Intake
from collector.instances.register import digest
from collector.intake.calls import Caller, nameless
from collector.intake.faults import Refusal

HEARTBEAT = 15.0
"""Seconds."""
LONGEST = 1000
"""So many bytes a message may have."""
_MOST_WAITING = 50
_COMMENT = b": \n\n"
_ALONE, _OF_A_SCREEN = ("start", "pause", "next", "previous"), ("show", "enable", "disable")


class Displays:
    """Who listens, by the name of a display."""

    def __init__(self, settings: Intake) -> None:
        self._keys = {name: digest(key.get_secret_value()) for name, key in settings.displays.items()}
        self._most = settings.listeners
        self._changed, self._is_over = Condition(), False
        self._listeners: dict[str, set[Listener]] = {name: set() for name in self._keys}

    def listen(self, name: str, caller: Caller) -> Listener:
        """One more listener, who must be closed. Raises Refusal."""
        self._expect_key(name, caller)
        with self._changed:
            if self._is_over or len(self._listeners[name]) >= self._most:
                raise Refusal(
                    503, "So many listen already that there is no room for more.", headers={"Retry-After": "60"}
                )
            new = Listener(self, name)
            self._listeners[name].add(new)
        return new

    def tell(self, name: str, message: Mapping[str, object], caller: Caller) -> int:
        """Tells a message to all who listen; how many that are. Raises Refusal."""
        self._expect_key(name, caller)
        event = b"data: " + json.dumps(fitting(message)).encode() + b"\n\n"
        with self._changed:
            for one in self._listeners[name]:
                one.waiting.append(event)
            self._changed.notify_all()
            return len(self._listeners[name])

    def end(self) -> None:
        """Ends all streams: the server stops, and whoever listened listens to the next one."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def next_for(self, one: Listener) -> bytes:
        """The next that a listener hears, once there is something. Raises StopIteration when all is over."""
        with self._changed:
            self._changed.wait_for(lambda: one.waiting or self._is_over, HEARTBEAT)
            if self._is_over:
                raise StopIteration
            return one.waiting.popleft() if one.waiting else _COMMENT

    def let_go(self, name: str, one: Listener) -> None:
        """Makes room for another."""
        with self._changed:
            self._listeners[name].discard(one)

    def _expect_key(self, name: str, caller: Caller) -> None:
        if name not in self._keys:
            raise Refusal(404, "There is no display of this name.")
        if caller.shown is None:
            raise nameless("This needs the key of the display: Authorization: Bearer KEY.")
        if not compare_digest(digest(caller.shown), self._keys[name]):
            raise Refusal(403, "This is not the key of this display.")


class Listener:
    """The stream of one listener, as WSGI iterates and closes it."""

    def __init__(self, displays: Displays, name: str) -> None:
        self.waiting: deque[bytes] = deque([_COMMENT], _MOST_WAITING)  # something at once: the stream stands
        self._displays, self._name = displays, name

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return self._displays.next_for(self)

    def close(self) -> None:
        """Who listened has gone."""
        self._displays.let_go(self._name, self)


def fitting(message: Mapping[str, object]) -> dict[str, str]:
    """A message as displays know it. By its `id` a display that hears it by two ways does it once. Raises Refusal."""
    do, names = message.get("do"), set(message) - {"id"}
    fits = (do in _ALONE and names == {"do"}) or (
        do in _OF_A_SCREEN and names == {"do", "screen"} and _is_text(message["screen"], 200)
    )
    if fits and _is_text(message.get("id", "none"), 40):
        return {name: str(value) for name, value in message.items()}
    raise Refusal(
        422,
        f'Send {{"do": ...}} with one of {", ".join(_ALONE)}; or with one of {", ".join(_OF_A_SCREEN)}, and the'
        ' "screen" that is meant, 200 signs at most.',
    )


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most
