"""A site with a wall display, how it is served, and its nights."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Page

from collector.publish import publish
from sphinxext.almanac.fill import fill
from tests.servers.ports import free_port
from tests.sphinxext.sphinx_site import Project
from tests.system.browsing import until

SCREENS = """:orphan:

Wall display
============

.. almanac:kiosk::

   alarms 20
   fleet
   hubs 10
   nodes/SDU 10
"""
PLAN = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="10"><rect width="{0}" height="10"/></svg>'
"""A picture so many pixels wide."""
ASKED = """
window.asked = [];
const before = window.fetch;
window.fetch = (address, ...more) => {
  if (String(address).endsWith("pulse.txt")) window.asked.push(performance.now());
  return before(address, ...more);
};
"""
"""Notes when the display asks for the pulse."""


class Site:
    """A site with a display, and its next nights."""

    def __init__(self, made: Project, public: Path) -> None:
        self.made, self.public = made, public
        self.night = 0

    def publish(self, change: Callable[[dict[str, Any]], None] = lambda _manifest: None) -> None:
        """Fills and publishes, as a pass does."""
        file = self.made.export / "manifest.json"
        manifest = json.loads(file.read_bytes())
        change(manifest)
        file.write_text(json.dumps(manifest))
        fill(self.made.root / "out-html-trees/almanac-frames/html", self.made.export, self.made.out())
        self.night += 1
        for path in ("data/pulse.txt", "kiosk.html"):  # nights are not within one second, as they are here
            os.utime(self.made.out() / path, (0, 1_700_000_000 + self.night))
        publish(self.made.out(), self.public, 3)


def worst(text: str, page: str | None = None) -> Callable[[dict[str, Any]], None]:
    """Tonight the worst problem has another text, or is another problem."""

    def change(manifest: dict[str, Any]) -> None:
        manifest["problems"][0] |= {"text": text} | ({"page": page} if page else {})

    return change


class Counting(SimpleHTTPRequestHandler):
    """Serves a published site and counts its answers."""

    answers: ClassVar[Counter[tuple[str, int]]] = Counter()

    def send_response(self, code: int, message: str | None = None) -> None:
        self.answers[self.path.rpartition("/")[2], code] += 1
        super().send_response(code, message)

    def log_message(self, *_words: object) -> None:
        return


class Holding(Counting):
    """Never answers who asks for a picture of a rack, until the display goes."""

    held: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        if "/rack-" in self.path:
            self.held.wait()
        else:
            super().do_GET()


@contextmanager
def serving(public: Path, port: int | None = None, handler: type[Counting] = Counting) -> Iterator[int]:
    with ThreadingHTTPServer(
        ("127.0.0.1", port or free_port()), partial(handler, directory=str(public / "current"))
    ) as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        yield server.server_port
        server.shutdown()


def settled(page: Page, address: str) -> None:
    """Opens a display and waits until it asks a second time: by then it has taken over what it shows."""
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("pulse.txt") else None)
    page.goto(address)
    until(page, lambda: len(asked) >= 2)


def pass_by_until(page: Page, come: Callable[[], object], step: int = 100) -> None:
    """A display's own time, by steps of milliseconds, and time for what it has asked for to come, until something has."""
    until(page, lambda: come() or page.clock.run_for(step))


def shown(page: Page) -> str:
    return page.locator(".screen:visible").get_attribute("data-screen") or ""


def written(file: Path, text: str, second: int = -1) -> None:
    """Written anew; no two are of one second."""
    aside = file.with_name(f"{file.name}.aside")
    aside.write_text(text, encoding="utf-8")
    os.utime(aside, (0, 1_800_000_000 + second))
    aside.replace(file)


def next_night(tree: Path, night: int) -> str:
    """A new page and pulse: gives back what is new."""
    html = (tree / "kiosk.html").read_text(encoding="utf-8")
    before = "As it was." if night == 0 else f"Night {night - 1}."
    written(tree / "kiosk.html", html.replace(before, f"Night {night}."), night)
    written(tree / "data/pulse.txt", f"{night}\n", night)
    return f"Night {night}."


def one_night(tree: Path, page: Page, night: int, seen: Counter[str]) -> None:
    """A publish, and a minute of the display's time."""
    words = next_night(tree, night)
    for _ in range(4):
        page.clock.run_for(15_000)
        seen[shown(page)] += 1
    page.wait_for_function("words => document.querySelector('.alarms').innerHTML.includes(words)", arg=words)


def grown(before: dict[str, float], after: dict[str, float]) -> set[str]:
    """What there is more of: less than a page more of nodes, since a picture of all nights would be much more."""
    more = {"Nodes": 500, "JSEventListeners": 20, "Documents": 0, "JSHeapUsedSize": 1_000_000}
    return {name for name, some in more.items() if after[name] > before[name] + some}
