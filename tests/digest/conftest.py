"""A folder with the sample export and an almanac.toml of its nodes, whose reports go to a real SMTP server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collector.config import Config, load
from collector.digest import stage
from collector.digest.stage import Reported
from tests.servers.smtp import Authority, Mailbox, Server
from tests.sphinxext.sample_export import write_sample

DAY = 86400
BEGAN = 1795370400
"""UTC seconds at which the first pass of a test begins."""


class Place:
    """A folder of one Almanac: passes are told by writing their manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.export = write_sample(folder / "data/export")
        self.manifest: dict[str, Any] = json.loads((self.export / "manifest.json").read_text())
        self.port = 25
        self.time_limit = "60s"
        self.night(0)

    def configure(self, text: str, mail: str | None = None, url: str = "https://status.example.org/") -> Config:
        """almanac.toml with the sample's nodes; `mail` is what stands below [mail] besides its sender."""
        way = f'host = "127.0.0.1"\nport = {self.port}\ntls = "none"\n' if mail is None else mail
        hubs = {"ZZ": ("dayabay", ["SDU"]), "C2": ("cms02", ["C", "H1"]), "G": ("g4pb", ["Z9:229"])}
        told = [f'[site]\nurl = "{url}"\n[mail]\nfrom = "almanac@example.org"\ntime_limit = "{self.time_limit}"\n{way}']
        for name, (server, nodes) in hubs.items():
            told.append(f'[hubs.{name}]\nserver = "{server}"\nnodes = {nodes}\n')
        for name in self.manifest["nodes"]:
            hub = next((hub for hub, (_, nodes) in hubs.items() if name in nodes), None)
            source = f'sources = [{{ kind = "tarballs", hub = "{hub}", folder = "/b" }}]\n' if hub else ""
            told.append(f"[nodes.{json.dumps(name)}]\n{source}")
        file = self.folder / "almanac.toml"
        file.write_text("\n".join([*told, text]))
        return load(file)

    def night(self, number: int, keep: Callable[[dict[str, Any]], bool] = lambda _: True) -> None:
        """Writes the manifest of a night, with those problems of the sample that are to be kept."""
        told = dict(self.manifest)
        began = self.stamp(BEGAN + number * DAY)
        told["last_pass"] = {**told["last_pass"], "id": number + 1, "started": began, "finished": began}
        told["problems"] = [one for one in told["problems"] if keep(one)]
        (self.export / "manifest.json").write_text(json.dumps(told))

    def hide(self, node: str, problems: list[dict[str, Any]]) -> None:
        """Writes a node's document with what can't be seen of it now."""
        file = self.export / self.manifest["nodes"][node]["file"]
        file.write_text(json.dumps(json.loads(file.read_text()) | {"hidden": problems}))

    @staticmethod
    def stamp(time: int) -> str:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def waiting(self) -> list[dict[str, Any]]:
        """What the spool holds."""
        return [json.loads(file.read_text()) for file in sorted((self.folder / "data/spool").glob("[0-9]*.json"))]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def server(place: Place, mailbox: Mailbox, authority: Authority) -> Iterator[Callable[..., Server]]:
    """Starts a server, by default one that speaks in clear; the place sends there."""
    with ExitStack() as running:

        def start(tls: str = "none", port: int = 0) -> Server:
            one = Server(mailbox, authority, tls, port)
            one.start()
            running.callback(one.stop)
            place.port = one.port
            return one

        yield start


def tell(config: Config, number: int = 0) -> Reported:
    """The stage, an hour after a night's pass began."""
    return stage.report(config, BEGAN + number * DAY + 3600)
