"""A site with instances of an application on a real server, after real passes."""

from __future__ import annotations

import grp
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from collector import nightly
from collector.config import Config, parse
from collector.people.audiences import trees
from collector.scaffold.writing import write_site
from collector.store import instances, persons
from collector.store.instances import Instance
from collector.store.persons import Person
from collector.store.store import Store
from tests.servers.locations import city, write_locations
from tests.servers.tracked import Tracked

TOML = """
[site]
title = "Tracker"
time_zone = "Asia/Tokyo"
web_group = "{group}"
[nodes.here]
reach = "local"
sources = [{{ kind = "command", command = "echo 1", name = "one" }}]
[audiences.lab]
people = ["bob"]
nodes = ["here"]
[instances]
private = ["127.0.0.0/8"]
locations = "own.mmdb"
locale = "de_DE"
retries = 0
endpoints = [{{ url = "/x" }}]
[instances.fields]
users = {{ label = "Users <b>", chart = true, chart_aggregation = "sum" }}
python = {{ chart = true, chart_type = "pie" }}
free = {{ path = "disk.free", chart = true, chart_type = "line", chart_aggregation = "avg" }}
rooms = {{ aggregation = "sum" }}
never = {{ chart = true }}
"""
KINDS = ("good", "good", "good", "hostile", "gone", "good", "good")
"""Of the instances by number; the last one but one is disabled, and the last waits for approval."""
PEOPLE = ("<script>ann</script>", "Zoë", "Bob", "Eve", "Dan", "Off", "Waiting-person")


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def register(store: Store, port: int) -> None:
    for number, (kind, person) in enumerate(zip(KINDS, PEOPLE, strict=True)):
        url = f"http://127.0.{number}.1:{port}/{kind}/{number * 1000 + 4}"
        one = Instance(uuid(number), url, person, "ann@example.org", "CERN", number != 5, 1_790_000_000, number == 6)
        with store.db:
            instances.put(store.db, one)


def tracked_site(folder: Path) -> SimpleNamespace:
    """Two passes: one that is answered, and one for which the server is gone and one instance is disabled; the pages of
    both."""
    write_site(folder / "site")
    places = (("JP", 35.7, 139.7), ("FR", 48.9, 2.4), ("FR", 48.9, 2.4), ("SG", 1.3, 103.8))
    write_locations(folder / "own.mmdb", {f"127.0.{n}.0/24": city(*place) for n, place in enumerate(places)})
    config = parse(TOML.format(group=grp.getgrgid(os.getgid()).gr_name), folder / "almanac.toml", {})
    with Store.open(config.database) as store, Tracked() as server:
        register(store, server.port)
        with store.db:
            persons.put(store.db, Person("bob", "standard", None, 0, "x", "x"))
        nightly.run(config, lambda _: None)
        first, charts = pages(config), {file.name for file in (config.html / "charts/instances").iterdir()}
    with Store.open(config.database) as store, store.db:
        one = next(one for one in instances.everyone(store.db) if one.uuid == uuid(2))
        instances.put(store.db, replace(one, enabled=False))
    nightly.run(config, lambda _: None)
    return SimpleNamespace(config=config, port=server.port, first=first, charts=charts, second=pages(config))


def pages(config: Config) -> dict[str, str]:
    """The text of each page of the whole, by its path."""
    whole = trees(config) / "_whole/current"
    told = {file.relative_to(whole).as_posix(): file.read_text() for file in whole.rglob("*.html")}
    return {path: text for path, text in told.items() if not path.startswith("guide/")}
