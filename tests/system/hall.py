"""A site with a wall display and a menu that steers it, published as on a real machine: nginx with the rules of cron/
before it, and `almanac intake` behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.servers.intake import Served, serving
from tests.servers.web import CRON, configured, running
from tests.sphinxext.status_site import build, status_site
from tests.system.browsing import PATIENCE

SCREENS = """:orphan:

Hall
====

.. almanac:kiosk::

   rooms/one 20
   rooms/two 20 slide
   rooms/three 20 cut off
   fleet 20 off
"""
MENU = """:orphan:

Menu
====

.. almanac:menu::

   halls/north
"""
KEY = "north+north/north=north"
INTAKE = f"""
[intake]
listen = "127.0.0.1:PORT"
requests = 100000
[intake.displays]
"halls/north" = "{KEY}"
"""


@contextmanager
def hall() -> Iterator[tuple[str, Served]]:
    """The address of the site, which lies in a folder of its host, and the intake behind it."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-hall-"))
    folder.chmod(0o755)
    try:
        public = _built(folder / "site")
        (folder / "intake").mkdir()
        (folder / "web").mkdir()
        with (
            serving(folder / "intake", INTAKE) as intake,
            running("nginx", folder / "web", public, _with(intake.port)) as port,
        ):
            yield f"http://127.0.0.1:{port}/status", intake
    finally:
        shutil.rmtree(folder)


def _built(folder: Path) -> Path:
    folder.mkdir()
    made = status_site(folder)
    made.write("halls/north", SCREENS)
    made.write("menu", MENU)
    for room in ("one", "two", "three"):
        made.write(f"rooms/{room}", f":orphan:\n\nRoom {room}\n==========\n\nIts racks.\n")
    assert build(made) == ""
    (folder / "public/current").mkdir(parents=True)
    (folder / "public/current/status").symlink_to(made.out())
    return folder / "public"


def _with(intake: int) -> Callable[[str, Path, Path, int], list[str]]:
    """The server of the pages, configured to pass on what is for the intake."""

    def both(server: str, folder: Path, public: Path, port: int) -> list[str]:
        command = configured(server, folder, public, port)
        rules = (CRON / "intake-nginx.conf").read_text().replace("127.0.0.1:8411", f"127.0.0.1:{intake}")
        (folder / "intake.conf").write_text(rules)
        file = folder / "almanac.conf"
        listen = f"listen 127.0.0.1:{port};"
        file.write_text(file.read_text().replace(listen, f"{listen}\n    include {folder}/intake.conf;"))
        return command

    return both


def display_in(browser: Browser, site: str, key: str = "") -> Page:
    """The display alone in a browser, as on a machine of its own."""
    page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(f"{site}/halls/north.html{key and f'#key={key}'}")
    page.get_by_text("In touch with the server").wait_for(timeout=PATIENCE)
    return page
