"""nginx and Apache accept the snippets of cron/ and serve a published tree as they promise."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector.publish import publish, switch
from tests.servers.web import configured, get, running

pytestmark = pytest.mark.system

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
SHORT, LONG = "public, max-age=60, must-revalidate", "public, max-age=31536000, immutable"
PAGES = {
    "index.html": "<h1>Überblick</h1>" * 200,
    "nodes/SDU.html": "<h1>SDU</h1>" * 200,
    "nodes/index.html": "<h1>nodes</h1>",
    "charts/SDU/size-0123456789abcdef.png": "\x89PNG",
    "data/manifest.json": '{"version": 1}' * 200,
    "_static/style.css": "p {}" * 500,
    "_static/site.js": "1;" * 500,
    ".buildinfo": "sphinx",
}
SERVED = {
    "/": ("text/html; charset=utf-8", SHORT),
    "/nodes/SDU.html": ("text/html; charset=utf-8", SHORT),
    "/nodes/": ("text/html; charset=utf-8", SHORT),
    "/charts/SDU/size-0123456789abcdef.png": ("image/png", LONG),
    "/data/manifest.json": ("application/json; charset=utf-8", SHORT),
    "/_static/style.css": ("text/css; charset=utf-8", SHORT),
    "/_static/site.js": ("application/javascript; charset=utf-8", SHORT),
}


@dataclass(frozen=True)
class Site:
    """A served site: change its tree, publish it, ask the server."""

    port: int
    tree: Path
    public: Path

    def publish(self, changes: dict[str, str]) -> None:
        for name, text in changes.items():
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            (self.tree / name).write_text(text)
        publish(self.tree, self.public, 5)


@pytest.fixture(params=["nginx", "apache"])
def server(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user may enter: those of pytest are root's alone."""
    path = Path(tempfile.mkdtemp(prefix="almanac-web-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def site(server: str, folder: Path) -> Iterator[Site]:
    mask = os.umask(0o077)  # a careful machine: the published files must be readable all the same
    try:
        unserved = Site(0, folder / "html", folder / "public")
        unserved.publish(PAGES)
        os.umask(0o022)
        with running(server, folder, unserved.public) as port:
            os.umask(0o077)
            yield Site(port, unserved.tree, unserved.public)
    finally:
        os.umask(mask)


def test_the_server_accepts_its_snippet(server: str, folder: Path) -> None:
    (folder / "public/current").mkdir(parents=True)
    command = configured(server, folder, folder / "public", 8080)
    said = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert (said.returncode, "warn" in said.stderr) == (0, False)


@pytest.mark.parametrize("path", SERVED)
def test_a_file_is_served_with_its_headers(site: Site, path: str) -> None:
    kind, cache = SERVED[path]
    reply = get(site.port, path)
    headers = {name: reply.headers[name] for name in (*SECURITY, "Content-Type", "Cache-Control")}
    assert reply.status == 200
    assert headers == {**SECURITY, "Content-Type": kind, "Cache-Control": cache}
    name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
    assert reply.body == (site.tree / name).read_bytes()
    assert not any(digit in reply.headers["Server"] for digit in "0123456789")


@pytest.mark.parametrize(
    ("path", "status"), [("/charts/gone.png", {404}), ("/.buildinfo", {403, 404}), ("/charts/", {403, 404})]
)
def test_what_is_not_served_is_not_kept_either(site: Site, path: str, status: set[int]) -> None:
    reply = get(site.port, path)
    assert reply.status in status
    assert {name: reply.headers[name] for name in SECURITY} == SECURITY
    assert reply.headers["Cache-Control"] is None


def test_a_folder_without_its_slash_is_led_on(site: Site) -> None:
    reply = get(site.port, "/nodes")
    assert reply.status == 301
    assert reply.headers["Location"].endswith("/nodes/")


@pytest.mark.parametrize("path", ["/nodes/SDU.html", "/data/manifest.json", "/_static/style.css", "/_static/site.js"])
def test_text_travels_compressed(site: Site, path: str) -> None:
    reply = get(site.port, path, accept_encoding="gzip")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(reply.body) == (site.tree / path[1:]).read_bytes()


def test_a_switch_is_seen_by_the_next_request(site: Site) -> None:
    for night in ("first", "second", "third"):
        site.publish({"index.html": night})
        assert get(site.port, "/").body == night.encode()
    switch(site.public, 2)
    assert get(site.port, "/").body == b"first"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_page_that_did_not_change_is_not_sent_again(site: Site, encoding: str) -> None:
    before = get(site.port, "/nodes/SDU.html", accept_encoding=encoding)
    site.publish({"index.html": "another night"})
    again = get(site.port, "/nodes/SDU.html", accept_encoding=encoding, if_none_match=before.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["Cache-Control"] == SHORT
    site.publish({"nodes/SDU.html": "news"})
    news = get(site.port, "/nodes/SDU.html", accept_encoding=encoding, if_none_match=before.headers["ETag"])
    assert news.status == 200


def test_no_request_fails_while_generations_come_and_go(site: Site) -> None:
    seen: Counter[int | str] = Counter()
    done = threading.Event()

    def visitor() -> None:
        while not done.is_set() and set(seen) <= {200}:
            reply = get(site.port, "/nodes/SDU.html")
            seen[reply.status if len(set(reply.body)) == 1 or b"SDU" in reply.body else "torn"] += 1

    thread = threading.Thread(target=visitor)
    thread.start()
    night = 0
    while thread.is_alive() and (night < 40 or seen[200] <= 10):
        site.publish({"nodes/SDU.html": chr(65 + night % 26) * 20_000})
        night += 1
    done.set()
    thread.join()
    assert set(seen) == {200}
    assert seen[200] > 10
