"""A node joins and leaves: each step in its turn, and all of them undone if one fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from paramiko import PKey

from collector.config import Config, Node, parse
from collector.control import forced, joining, written
from collector.control.joining import Allowance, NotJoined, Undoing
from collector.model import AlmanacError, NodeAnswer
from collector.reach import Unreached
from collector.reach.joining import Meeting, met

_USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")


class NotMeant(AlmanacError):
    """A node that can't join or leave as it is asked for; nothing was done."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A node that is to join. via: the node through which it is reached, empty for none.   sources: kinds."""

    name: str
    address: str
    user: str
    port: int
    via: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be written, found right: the text before and after, the settings then, and where the key goes."""

    name: str
    before: str
    after: str
    config: Config
    key: Path
    uuid: UUID

    @property
    def node(self) -> Node:
        """The node as it will be."""
        return self.config.nodes[self.name]


@dataclass(frozen=True, slots=True)
class Entry:
    """How one gets in for the first time, and what the key may be used for then. host: its key, as it was confirmed."""

    host: PKey
    password: str
    allowance: Allowance


def planned(config: Config, one: Newcomer) -> Plan:
    """The plan by which it joins. Raises NotMeant, and ConfigError if the file would not be right with it."""
    if one.name in config.nodes:
        raise NotMeant(f"{config.file}: nodes.{one.name} is there already; give another --name, or see node authorize")
    uuid = uuid4()
    key = config.site.data / "keys" / str(uuid)
    before = config.file.read_bytes().decode("utf-8-sig")
    table: dict[str, Any] = {"address": one.address, "user": one.user}
    table |= {"port": one.port} if one.port != 22 else {}
    if one.via:
        table |= _jumps(config, one.via)
    table |= {"key": _written(config, key), "uuid": str(uuid), "sources": [{"kind": kind} for kind in one.sources]}
    after = written.with_node(before, one.name, table)
    return Plan(one.name, before, after, parse(after, config.file, os.environ), key, uuid)


def _jumps(config: Config, via: str) -> dict[str, Any]:
    """How a node is reached through another one, by the keys of that."""
    if via not in config.nodes or config.nodes[via].reach != "ssh":
        raise NotMeant(f"{config.file}: --via {via}: there is no such node that is reached by SSH")
    node = config.nodes[via]
    address = node.address or via
    place = f"[{address}]" if ":" in address else address
    stop = f"{f'{node.user}@' if node.user else ''}{place}:{node.port or 22}"
    usual = [path for name in _USUAL if (path := Path.home() / ".ssh" / name).exists()]
    keys = [*(node.jump_keys or ()), *([node.key] if node.key else usual)]
    if not keys:
        raise NotMeant(f"{config.file}: nodes.{via} has no key file; name one with nodes.{via}.key")
    return {"jump": f"{node.jump},{stop}" if node.jump else stop, "jump_keys": [_written(config, key) for key in keys]}


def _written(config: Config, path: Path) -> str:
    """A path as the file has it: below its folder from there on."""
    folder = config.file.absolute().parent
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path).replace("$", "$$")


def seen(name: str, node: Node, connect: float) -> Meeting:
    """What a node shows of itself before anybody logs in. Raises NotJoined."""
    try:
        with met(name, node, connect) as meeting:
            return meeting
    except Unreached as error:
        raise NotJoined(f"{name}: {error}") from error


def join(plan: Plan, entry: Entry, now: int) -> NodeAnswer:
    """Makes the node's key, puts it there, tries it, and writes the file; the answer to the question by which it was
    tried. Raises NotJoined, and then all is as it was, or a note says what is left. `now`: UTC seconds."""
    with _undone() as undoing:
        undoing.later(lambda: joining.drop_key(plan.key), f"remove {plan.key} and {plan.key}.pub")
        joining.new_key(plan.key.parent, plan.uuid)
        return _admitted(plan, entry, undoing, now)


def authorize(plan: Plan, entry: Entry, now: int) -> NodeAnswer:
    """Puts the key of a node there again. As `join`, but no file is written."""
    with _undone() as undoing:
        return _admitted(plan, entry, undoing, now)


def known(config: Config, name: str) -> Plan:
    """The plan of a node that has joined before. Raises NotMeant."""
    if name not in config.nodes:
        raise NotMeant(f"{config.file}: there is no node {name}")
    node = config.nodes[name]
    if node.uuid is None or node.key is None:
        mend = f"put the public key there with: ssh-copy-id {node.user or 'USER'}@{node.address or name}"
        raise NotMeant(f"{config.file}: nodes.{name} has no key that `almanac node add` made; {mend}")
    return Plan(name, "", "", config, node.key, node.uuid)


def _admitted(plan: Plan, entry: Entry, undoing: Undoing, now: int) -> NodeAnswer:
    user, connect = plan.node.user or "", plan.config.limits.connect
    with met(plan.name, plan.node, connect, entry.host) as meeting:
        try:
            meeting.login(user, entry.password)
            by_hand = f"take the line that ends in almanac:{plan.uuid} out of ~/.ssh/authorized_keys of {user} there"
            undoing.later(lambda: joining.put(meeting, plan.key, None), by_hand)
            joining.put(meeting, plan.key, _allowance(plan, entry.allowance))
            if not meeting.known:
                undoing.later(meeting.forget, f"take the line of {meeting.hop.keys.name} out of known_hosts")
                _note(meeting)
            answer = joining.tried(plan.config, plan.name, now)
            if plan.after != plan.before:
                written.replace(plan.config.file, plan.before, plan.after)
        except BaseException as error:
            _undo(undoing, error)  # while we are still logged in
            raise
        undoing.keep()
        return answer


def _note(meeting: Meeting) -> None:
    try:
        meeting.note()
    except OSError as error:
        raise NotJoined(f"{meeting.hop.keys.files[0]}: can't be written: {error.strerror}; see who owns it") from error


def _allowance(plan: Plan, wish: Allowance) -> Allowance:
    if not wish.observe_only:
        return wish
    return replace(wish, command=forced.command(plan.config, plan.name, joining.script(plan.key, None)))


@contextmanager
def _undone() -> Iterator[Undoing]:
    """Undoes what was done if it comes to no good end; every such end is told as NotJoined."""
    undoing = Undoing()
    try:
        yield undoing
    except BaseException as error:
        _undo(undoing, error)
        if isinstance(error, AlmanacError):
            raise
        told = NotJoined("broken off" if isinstance(error, KeyboardInterrupt) else str(error))
        for note in getattr(error, "__notes__", ()):
            told.add_note(note)
        raise told from error


def _undo(undoing: Undoing, error: BaseException) -> None:
    if undoing.is_due:
        left = undoing.undo()
        error.add_note("\n".join(f"left to be done: {one}" for one in left) or "what had been done is undone")


def leaving(config: Config, name: str) -> Plan:
    """The plan by which a node leaves. Raises NotMeant, and what `written` and `parse` raise if the file would not be
    right without it."""
    if name not in config.nodes:
        raise NotMeant(f"{config.file}: there is no node {name}")
    node = config.nodes[name]
    behind = [other for other, one in config.nodes.items() if node.key and node.key in (one.jump_keys or ())]
    if behind:
        raise NotMeant(f"{config.file}: {', '.join(behind)} {'are' if behind[1:] else 'is'} reached through {name}")
    before = config.file.read_bytes().decode("utf-8-sig")
    after = written.without_node(before, config.file, name)
    parse(after, config.file, os.environ)
    return Plan(name, before, after, config, node.key or Path(), node.uuid or UUID(int=0))


def leave(plan: Plan, *, force: bool) -> str:
    """Takes the node's key away there, its table out of the file, and its key files. What is left to be done, empty if
    nothing. Raises NotJoined if the key can't be taken away; with `force` that is what is left."""
    left = ""
    if plan.node.uuid is not None:
        try:
            joining.take_away(plan.name, plan.node, plan.key)
        except NotJoined as error:
            if not force:
                error.add_note("nothing was changed; --force takes it out of the file all the same")
                raise
            left = f"{error}; take the line that ends in almanac:{plan.uuid} out of ~/.ssh/authorized_keys there"
    written.replace(plan.config.file, plan.before, plan.after)
    if plan.node.uuid is not None:
        joining.drop_key(plan.key)
    return left
