"""Munin as a peer: its own programs over stand-in nodes, static pages and graphs made by each cycle.

with Munin(folder, nodes=20, services=10) as munin:
    munin.update()
    munin.cycle()
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.spending import Spent, put_away, spent
from tests.servers.ports import free_port

PROGRAMS = Path("/usr/share/munin")
RANGES = 4
"""day, week, month and year: so many pictures a service has"""
PAST = 400
"""days of history, of which its archives keep what a year's graph shows"""
_FOLDERS = {"dbdir": "db", "htmldir": "www", "logdir": "log", "rundir": "run"}
_GENERAL = """tmpldir /etc/munin/templates
staticdir /etc/munin/static
graph_strategy cron
html_strategy cron
"""
_HERE = Path(__file__).parent


class Munin:
    """A Munin of its own below `folder`, which any user may enter: as root, Munin's programs run as `munin`."""

    def __init__(self, folder: Path, nodes: int, services: int) -> None:
        if not PROGRAMS.is_dir():
            raise RuntimeError("munin is not installed; run: make bench")
        self.folder, self.nodes, self.services, self._port = folder, nodes, services, free_port()
        self._as_munin = ["runuser", "-u", "munin", "--"] if os.getuid() == 0 else []

    def __enter__(self) -> Munin:
        for name in _FOLDERS.values():
            (self.folder / name).mkdir(parents=True)
        (self.folder / "munin.conf").write_text(self._configuration())
        if self._as_munin:
            subprocess.run(["chown", "-R", "munin", self.folder], check=True)
        node = [sys.executable, _HERE / "munin_node.py", str(self._port), str(self.services)]
        self._node = subprocess.Popen(node)
        self._await_node()
        return self

    def __exit__(self, *_: object) -> None:
        self._node.kill()
        self._node.wait()

    def _configuration(self) -> str:
        folders = "".join(f"{key} {self.folder / name}\n" for key, name in _FOLDERS.items())
        node = "[hub;node{:03}.lab]\n address 127.0.0.1\n port {}\n use_node_name no\n"
        return _GENERAL + folders + "".join(node.format(number, self._port) for number in range(self.nodes))

    def _await_node(self) -> None:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.05)
        raise RuntimeError("the stand-in for munin-node did not start")

    def _run(self, *programs: str) -> Spent:
        """Programs one after the other, as /usr/bin/munin-cron runs them, but not at a lower priority."""
        script = " && ".join(f"{PROGRAMS}/{program} --config {self.folder}/munin.conf" for program in programs)
        return spent([*self._as_munin, "sh", "-c", script], cwd="/")

    def give_past(self) -> None:
        """Makes the databases by a first update, and gives them a past."""
        self.update()
        subprocess.run(["/usr/bin/python3", _HERE / "munin_past.py", self.folder / "db", str(PAST)], check=True)

    def update(self) -> Spent:
        """New values of all services, judged."""
        return self._run("munin-update", "munin-limits")

    def html(self) -> Spent:
        """All pages anew."""
        return self._run("munin-html")

    def cycle(self) -> Spent:
        """What cron runs. A graph that is there is drawn again only if it is due, see `forget_pictures`."""
        return self._run("munin-update", "munin-limits", "munin-html", "munin-graph --cron")

    def forget_site(self) -> None:
        """Puts away pages and graphs, so that the next cycle is a first one."""
        for path in (self.folder / "www").iterdir():
            put_away(path, self.folder / "attic")

    def forget_pictures(self) -> None:
        """Puts away the graphs, so that the next cycle draws all, as when all their values have changed."""
        for picture in list((self.folder / "www").rglob("*-*.png")):
            put_away(picture, self.folder / "attic")

    def pages(self) -> int:
        """How many pages there are."""
        return sum(1 for _ in (self.folder / "www").rglob("*.html"))

    def pictures(self) -> int:
        """How many graphs there are."""
        ranges = ("day", "week", "month", "year")
        return sum(1 for name in ranges for _ in (self.folder / "www").rglob(f"*-{name}.png"))
