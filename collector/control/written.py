"""almanac.toml with a node more or less. All else in it stays as people wrote it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from collector.model import AlmanacError

_LISTS = (("hubs", "nodes"), ("groups", "nodes"), ("audiences", "nodes"), ("environments", "nodes"))


class NotWritten(AlmanacError):
    """The file was not changed."""


def with_node(text: str, name: str, settings: Mapping[str, Any]) -> str:
    """The text with a table for a node at its end."""
    node = tomlkit.table()
    for key, value in settings.items():
        node[key] = value
    nodes = tomlkit.table(is_super_table=True)
    nodes[name] = node
    added = tomlkit.document()
    added["nodes"] = nodes
    return f"{text.rstrip()}\n\n{tomlkit.dumps(added)}".lstrip("\n")


def without_node(text: str, file: Path, name: str) -> str:
    """The text without a node's table, and without its name in hubs, groups, audiences and environments. Raises
    NotWritten if that can't be done without touching anything else."""
    mend = f"{file}: the table of {name} can't be taken out of this file; take it out by hand"
    try:
        document = tomlkit.parse(text)
        _drop(document, name)
        changed = tomlkit.dumps(document)
    except (TOMLKitError, KeyError, AttributeError) as error:
        raise NotWritten(mend) from error
    wanted = tomllib.loads(text)
    _drop(wanted, name)
    if tomllib.loads(changed) != wanted:
        raise NotWritten(mend)
    return changed


def _drop(document: Any, name: str) -> None:
    del document["nodes"][name]
    if not document["nodes"]:
        del document["nodes"]
    for table, key in _LISTS:
        for part in document.get(table, {}).values():
            names = part.get(key, []) if hasattr(part, "get") else part
            while name in names:
                names.remove(name)


def replace(file: Path, before: str, after: str) -> None:
    """Puts the new text in the place of the old: aside, synced, renamed; owner and mode stay. Raises NotWritten if
    somebody has changed the file meanwhile, or it can't be written."""
    try:
        _replace(file, before, after)
    except OSError as error:
        raise NotWritten(f"{file}: can't be replaced: {error.strerror}; see who owns its folder") from error


def _replace(file: Path, before: str, after: str) -> None:
    path = file.resolve()
    if path.read_bytes().decode("utf-8-sig") != before:
        raise NotWritten(f"{file}: somebody has changed it meanwhile; run it again")
    status, hidden = path.stat(), path.with_name(f".{path.name}.aside")
    try:
        hidden.unlink(missing_ok=True)
        with os.fdopen(os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as aside:
            os.fchown(aside.fileno(), status.st_uid, status.st_gid)
            os.fchmod(aside.fileno(), status.st_mode & 0o7777)
            aside.write(after.encode())
            aside.flush()
            os.fsync(aside.fileno())
        hidden.rename(path)
    except BaseException:
        with suppress(OSError):
            hidden.unlink()
        raise
