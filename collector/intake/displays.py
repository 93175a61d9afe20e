"""Displays that are steered from elsewhere: each listens to a stream, a menu tells them what to do, and each says to
all menus how it stands.

Source of the streams: server-sent events (WHATWG HTML, 9.2). A message is one event, `data: {"do": "next"}`; a comment
every 15 seconds keeps proxies from closing it, and finds out who has gone. Nothing is told again to a display that
listens later, it goes on by itself. Where messages are not taken away in time, the oldest are dropped. A menu is told
of each of its displays how many listen and how the last one that said so stands, at once and whenever that changes;
what it has not taken away gives way to what is so now. It has one stream for all of them: by HTTP/1.1 browsers hold six
connections to a host.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(eq=False, slots=True)
class _Place:
    """A display: its name, the digest of its key, the streams of displays and of menus, and how it stands."""

    name: str
    key: str
    displays: set[Listener] = field(default_factory=set)
    menus: set[Listener] = field(default_factory=set)
    state: dict[str, object] | None = None

    @property
    def event(self) -> bytes:
        """What menus are told."""
        return _event({"display": self.name, "displays": len(self.displays), "told": self.state})


class Displays:
    """Who listens, by the name of a display."""

    def __init__(self, settings: Intake) -> None:
        self._places = {name: _Place(name, digest(key.get_secret_value())) for name, key in settings.displays.items()}
        self._most = settings.listeners
        self._changed, self._is_over = Condition(), False

    def listen(self, name: str, caller: Caller) -> Listener:
        """One more display, which must be closed. Raises Refusal."""
        place = self._shown(name, caller)
        new = Listener(self, [place])
        new.hear(_COMMENT)  # something at once: the stream stands
        with self._changed:
            self._admit(new, [place.displays])
            self._spread(place)
        return new

    def watch(self, keys: Mapping[str, object]) -> Listener:
        """One more menu, which must be closed. keys: by the names of its displays; one that is wrong is no key. Raises
        Refusal."""
        shown = ((self._places.get(name), digest(key)) for name, key in keys.items() if isinstance(key, str))
        places = [place for place, key in shown if place and compare_digest(key, place.key)]
        if not places:
            raise Refusal(403, 'Send the key of each display by its name: {"kiosk": KEY}. None of these is one.')
        new = Listener(self, places)
        with self._changed:
            self._admit(new, [place.menus for place in places])
            for place in places:
                new.hear(place.event, place.name)
        return new

    def tell(self, name: str, message: Mapping[str, object], caller: Caller) -> int:
        """Tells a message to all displays that listen; how many that are. Raises Refusal."""
        place, event = self._shown(name, caller), _event(fitting(message))
        with self._changed:
            for one in place.displays:
                one.hear(event)
            self._changed.notify_all()
            return len(place.displays)

    def report(self, name: str, state: Mapping[str, object], caller: Caller) -> int:
        """Tells all menus how a display stands; how many they are. Raises Refusal."""
        place, fit = self._shown(name, caller), standing(state)
        with self._changed:
            if place.displays:  # else it has gone meanwhile
                place.state = fit
                self._spread(place)
            return len(place.menus)

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
            return one.take() if one.waiting else _COMMENT

    def let_go(self, one: Listener) -> None:
        """Makes room for another."""
        with self._changed:
            for place in one.places:
                place.menus.discard(one)
                if one in place.displays:
                    place.displays.discard(one)
                    place.state = place.state if place.displays else None
                    self._spread(place)

    def _admit(self, new: Listener, among: Sequence[set[Listener]]) -> None:
        if self._is_over or any(len(others) >= self._most for others in among):
            raise Refusal(503, "So many listen already that there is no room for more.", headers={"Retry-After": "60"})
        for others in among:
            others.add(new)

    def _spread(self, place: _Place) -> None:
        for one in place.menus:
            one.hear(place.event, place.name)
        self._changed.notify_all()

    def _shown(self, name: str, caller: Caller) -> _Place:
        """The display whose key is shown. Raises Refusal."""
        if name not in self._places:
            raise Refusal(404, "There is no display of this name.")
        if caller.shown is None:
            raise nameless("This needs the key of the display: Authorization: Bearer KEY.")
        if not compare_digest(digest(caller.shown), self._places[name].key):
            raise Refusal(403, "This is not the key of this display.")
        return self._places[name]


class Listener:
    """The stream of one listener, as WSGI iterates and closes it."""

    def __init__(self, displays: Displays, places: Sequence[_Place]) -> None:
        self.waiting: dict[object, bytes] = {}
        self.places = places
        self._displays = displays

    def hear(self, event: bytes, about: str | None = None) -> None:
        """Has it wait to be taken away, in the place of what was said about the same."""
        self.waiting[object() if about is None else about] = event
        if about is None and len(self.waiting) > _MOST_WAITING:
            self.take()

    def take(self) -> bytes:
        """The first that waits."""
        return self.waiting.pop(next(iter(self.waiting)))

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return self._displays.next_for(self)

    def close(self) -> None:
        """Who listened has gone."""
        self._displays.let_go(self)


def standing(state: Mapping[str, object]) -> dict[str, object]:
    """How a display stands: what it shows, whether it is held, and which screens take turns. Raises Refusal."""
    turns = state.get("turns")
    keys = [state.get("screen"), *turns] if isinstance(turns, list) else [None]
    if len(state) != 3 or not isinstance(state.get("paused"), bool) or not all(_is_text(one, 200) for one in keys):
        raise Refusal(
            422, 'Send {"screen": KEY, "paused": true or false, "turns": [KEY, ...]}, each of 200 signs at most.'
        )
    return dict(state)


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


def _event(told: Mapping[str, object]) -> bytes:
    return b"data: " + json.dumps(told).encode() + b"\n\n"
