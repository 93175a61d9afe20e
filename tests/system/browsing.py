"""What the tests of pages in a real browser share: a strict server, and pages that complain aloud."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The policy of cron/nginx.conf and cron/apache.conf."""
CHROMIUM = "/usr/bin/chromium"
PATIENCE = 120_000
"""Milliseconds after which what a page should show will not come any more."""
MORNING = "2026-11-23T00:10:00Z"
"""Six hours after the pass of the sample."""
LOGO = '<picture><source media="(prefers-color-scheme: dark)" srcset="data:,"><img src="_static/almanac.svg" alt=""></picture>'
"""As themes have it. Chromium keeps for good what holds one, unless it is taken out of there."""


class Strict(SimpleHTTPRequestHandler):
    """Serves the site under a strict policy, silently."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_words: object) -> None:
        return


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of what is built there, under the policy."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Strict, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def until(page: Page, come: Callable[[], object]) -> None:
    """Waits until something has come, as long as a slow machine takes; the page goes on meanwhile."""
    end = time.monotonic() + PATIENCE / 1000
    while not come():
        assert time.monotonic() < end, "it did not come"
        page.wait_for_timeout(100)


def opened(context: BrowserContext, faults: list[str]) -> Page:
    """A page whose clock stands at MORNING, and whose every complaint is heard."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.clock.set_fixed_time(MORNING)
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", lambda response: faults.append(response.url) if response.status >= 400 else None)
    return page


def size_of(page: Page) -> dict[str, float]:
    """What the page holds when all that can be let go is gone."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    devtools.send("HeapProfiler.collectGarbage")
    size = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    devtools.detach()
    return size
