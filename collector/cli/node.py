"""`almanac node`: a node joins, is let in again, and leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

import click
from paramiko import PKey

from collector.cli import _screen
from collector.cli._breaking import ended_like_ctrl_c
from collector.config import Config, load
from collector.control import newcomer
from collector.control.joining import Allowance, NotJoined
from collector.control.newcomer import Entry, Newcomer, Plan
from collector.model import AlmanacError, NodeAnswer, Outcome
from collector.people import who
from collector.people.roles import Act
from collector.people.who import Deed
from collector.reach.known_hosts import fingerprint
from collector.store.store import Store

_ADDRESS = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9._:-]*")


@dataclass(frozen=True, slots=True)
class Proof:
    """How the host's key and who logs in are made sure of where there is nobody to ask."""

    fingerprint: str
    password_file: Path | None


def _proven(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--from", "origin", default="", help="Only from these addresses, as sshd's from= takes them."),
        click.option(
            "--observe-only", is_flag=True, help="The key asks what a pass asks now, and can do nothing else."
        ),
        click.option("--gateway", is_flag=True, help="Other nodes are reached through it."),
        click.option(
            "--password-file", type=click.Path(path_type=Path, dir_okay=False), help="The password is its first line."
        ),
        click.option("--fingerprint", default="", help="The host key that it must have, as SHA256:..."),
    ):
        function = option(function)
    return function


@click.group(epilog="Example:  almanac node add backup.example.org --user almanac")
def command() -> None:
    """Nodes join, are let in again, and leave. For admins."""


@command.command(epilog="Example:  almanac node add backup.example.org --user almanac --via gateway --source host")
@click.argument("address")
@click.option("--user", required=True, help="Who is logged in there; an account that may only read is best.")
@click.option("--port", type=click.IntRange(1, 65_535), default=22, help="Where its sshd listens; 22.")
@click.option("--via", default="", metavar="NODE", help="A node through which it is reached.")
@click.option("--name", help="What it is called here; ADDRESS otherwise.")
@click.option("--source", "sources", multiple=True, metavar="KIND", help="What is observed; may be repeated; host.")
@_proven
@click.pass_obj
def add(file: Path, /, address: str, name: str | None, sources: tuple[str, ...], **words: Any) -> int:
    """Let a node join: the machine at ADDRESS, which knows a password of yours and no key of Almanac's.

    Shows the fingerprint of its host key to be confirmed, asks for the password once, makes a key for this node alone,
    puts it there, tries it, and writes the configuration. If a step fails, all are undone.
    """
    proof = Proof(words.pop("fingerprint"), words.pop("password_file"))
    allowance = _allowance(words)
    one = Newcomer(name or address, address, words["user"], words["port"], words["via"], sources or ("host",))
    for key, word in (("ADDRESS", address), ("--user", one.user)):
        if not _ADDRESS.fullmatch(word):
            raise click.UsageError(f"{key} holds a character that may not stand there: {_screen.plain(word)}")
    config = load(file)
    with _noted(config, f"add node {one.name} ({one.user}@{address} port {one.port})", one.name):
        plan = newcomer.planned(config, one)
        key = _confirmed(plan, proof)
        entry = Entry(key, _password(plan, proof), allowance)
        with ended_like_ctrl_c():
            answer = newcomer.join(plan, entry, int(time()))
    click.echo(f"{one.name}: has joined; its key is {plan.key}, and its table is in {config.file}")
    return _tell(answer)


@command.command(epilog="Example:  almanac node authorize backup-1")
@click.argument("name", metavar="NODE")
@_proven
@click.pass_obj
def authorize(file: Path, /, name: str, **words: Any) -> int:
    """Put the key of NODE there again, as after it was installed anew. Asks for the password once."""
    proof = Proof(words.pop("fingerprint"), words.pop("password_file"))
    allowance, config = _allowance(words), load(file)
    with _noted(config, f"authorize node {name}", name):
        plan = newcomer.known(config, name)
        key = _confirmed(plan, proof)
        entry = Entry(key, _password(plan, proof), allowance)
        with ended_like_ctrl_c():
            answer = newcomer.authorize(plan, entry, int(time()))
    click.echo(f"{name}: the key is there again")
    return _tell(answer)


@command.command(epilog="Example:  almanac node remove backup-1")
@click.argument("name", metavar="NODE")
@click.option("--force", is_flag=True, help="Also if the key can't be taken away there.")
@click.option("--yes", is_flag=True, help="Do not ask; where no terminal is, nothing is done without it.")
@click.pass_obj
def remove(file: Path, name: str, force: bool, yes: bool) -> int:
    """Take the key away from NODE again, then its table out of the configuration. Its history stays.

    Exit status 1 if its key could not be taken away.
    """
    config = load(file)
    with _noted(config, f"remove node {name}", name):
        plan = newcomer.leaving(config, name)
        if not yes:
            _screen.confirm(f"remove {name} from {config.file}, and its key from there?")
        left = newcomer.leave(plan, force=force)
    click.echo(f"{name}: is out of {config.file}; its history stays")
    if left:
        _screen.complain(left)
    return 1 if left else 0


def _allowance(words: dict[str, Any]) -> Allowance:
    origin = words.pop("origin")
    if not re.fullmatch(r"[A-Za-z0-9.:*?!/,_-]*", origin):
        raise click.UsageError(f"--from holds a character that may not stand there: {_screen.plain(origin)}")
    return Allowance(words.pop("gateway"), origin, words.pop("observe_only"))


@contextmanager
def _noted(config: Config, what: str, node: str) -> Iterator[None]:
    """Refuses who may not, and puts on record how it ended."""
    with Store.open(config.database) as store:
        actor = who.actor(config, store)
        who.refuse_unless(store, actor, Act.MANAGE_NODES, what, node)
        deed = Deed(Act.MANAGE_NODES, what, node)
        try:
            yield
        except (click.Abort, KeyboardInterrupt):
            who.note(store, actor, deed, "interrupted")
            raise
        except AlmanacError as error:
            who.note(store, actor, Deed(deed.act, f"{what}: {error}", node), "failed")
            raise
        who.note(store, actor, deed, "done")


def _confirmed(plan: Plan, proof: Proof) -> PKey:
    """The host's key, which known_hosts, --fingerprint or a person says is the right one."""
    meeting = newcomer.seen(plan.name, plan.node, plan.config.limits.connect)
    place, mark = meeting.hop.place, fingerprint(meeting.key.asbytes())
    if proof.fingerprint and proof.fingerprint != mark:
        raise NotJoined(f"{place} shows the key {meeting.shown}, not {proof.fingerprint}; nothing was sent to it")
    if meeting.known or proof.fingerprint:
        return meeting.key
    click.echo(f"{place} shows the host key\n  {meeting.shown}", err=True)
    _screen.confirm("Is that its key, as its administrator told you?", "name the right key: --fingerprint")
    return meeting.key


def _password(plan: Plan, proof: Proof) -> str:
    if proof.password_file is None:
        return str(click.prompt(f"Password of {plan.node.user} there", hide_input=True, err=True))
    try:
        return proof.password_file.read_text(encoding="utf-8").split("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "is no UTF-8"
        raise click.UsageError(f"{proof.password_file}: can't be read: {said}; name another file.") from error


def _tell(answer: NodeAnswer) -> int:
    """What its sources said when it was tried."""
    for one in answer.answers:
        click.echo(_screen.plain(f"{one.source}: {one.outcome}{f': {one.reason}' if one.reason else ''}"))
    return 0 if all(one.outcome is Outcome.OK for one in answer.answers) else 1
