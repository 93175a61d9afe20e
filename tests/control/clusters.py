"""A cluster that commands are tried on: its configuration, and what came of them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.control.running import Done
from tests.servers.ganeti import Cluster
from tests.servers.rapi import NAME, READER, USERS, WRITER, Rapi

CONTROL = f'control = {{ username = "{WRITER}", password_file = "write" }}\n'
QUOTAS = '[nodes.ganeti.sources.quotas]\nlibrary = { memory = "6GiB", vcpus = 400 }\n'


def configured(rapi: Rapi, node: str = 'reach = "local"\n', more: str = CONTROL + QUOTAS, urls: str = "") -> Path:
    """almanac.toml beside the files of passwords."""
    for name, user in (("read", READER), ("write", WRITER)):
        (rapi.folder / name).write_text(f"{USERS[user][0]}\n")
        (rapi.folder / name).chmod(0o600)
    file = rapi.folder / "almanac.toml"
    file.write_text(
        f'[nodes.ganeti]\n{node}[[nodes.ganeti.sources]]\nkind = "cluster"\nurl = [{urls}"{rapi.url}"]\n'
        f'username = "{READER}"\npassword_file = "{rapi.folder}/read"\nca_file = "{rapi.certificate}"\n'
        f'server_name = "{NAME}"\n{more}'
    )
    return file


def rows(config: Path) -> list[tuple[str, ...]]:
    """The activity log."""
    with sqlite3.connect(config.parent / "data" / "almanac.db") as db:
        return db.execute("SELECT act, node, subject, outcome, text FROM activity ORDER BY id").fetchall()


def results(done: Done) -> list[tuple[str, str, str]]:
    found = json.loads(done.out[done.out.index("{") :])["results"]
    return [(one["name"].partition(".")[0], one["result"], one["why"]) for one in found]


def left(known: Cluster, host: str, where: str) -> list[str]:
    """The VMs that a host has, or mirrors."""
    name = f"{host}.example.org"
    return [vm["name"] for vm in known.instances if vm[where] == name or name in vm[where]]
