"""What the tests of pages in a real browser share: a strict server, and pages that complain aloud."""

from __future__ import annotations

from http.server import SimpleHTTPRequestHandler

from playwright.sync_api import BrowserContext, Page

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The policy of cron/nginx.conf and cron/apache.conf."""
CHROMIUM = "/usr/bin/chromium"
MORNING = "2026-11-23T00:10:00Z"
"""Six hours after the pass of the sample."""


class Strict(SimpleHTTPRequestHandler):
    """Serves the site under a strict policy, silently."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_words: object) -> None:
        return


def opened(context: BrowserContext, faults: list[str]) -> Page:
    """A page whose clock stands at MORNING, and whose every complaint is heard."""
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.clock.set_fixed_time(MORNING)
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", lambda response: faults.append(response.url) if response.status >= 400 else None)
    return page
