"""Options by which commands are told what is meant, and the processes that are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Any

import click

from collector.cli import _processes, _screen
from collector.config import Config
from collector.config.values import size_in_bytes
from collector.control import found, selection
from collector.control.found import Found, Process
from collector.control.selection import Names, NothingMeant, Places

_KINDS = ("node", "environment", "group", "hub")


@dataclass(frozen=True, slots=True)
class Meant:
    """The nodes and processes that the words of a command mean, and the words; none at all mean everything."""

    places: Places
    names: Names
    words: str


def places(group: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds --node, --environment, --group and --hub, each to be repeated. `group`: what --group means here."""
    options = (
        click.option("--node", multiple=True, help="Only this node; may be repeated, and hold * and ?."),
        click.option("--environment", multiple=True, help="Only nodes of this environment; may be repeated."),
        click.option("--group", multiple=True, help=f"Only {group}; may be repeated."),
        click.option("--hub", multiple=True, help="Only nodes of this hub; may be repeated."),
    )

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return add


placed = places("processes of this group")
"""Adds the options that say which processes are meant."""
placed_nodes = places("nodes of this group")
"""Adds the options that say which nodes are meant."""
named = click.argument("names", nargs=-1, metavar="[NAME]...")
"""Adds the names of processes."""


def meant_by(words: dict[str, Any]) -> Meant:
    """What is meant by `placed` and `named`, taken out of the words of a command."""
    told = [f"--{kind} {one}" for kind in _KINDS for one in words[kind]]
    names = Names(words.pop("group"), words.pop("names"))
    nodes = Places(nodes=words.pop("node"), environments=words.pop("environment"), hubs=words.pop("hub"))
    return Meant(nodes, names, " ".join([*names.names, *told]))


def places_by(words: dict[str, Any]) -> tuple[Places, str]:
    """The nodes meant by `placed_nodes`, taken out of the words of a command, and how they were told."""
    told = " ".join(f"--{kind} {one}" for kind in _KINDS for one in words[kind])
    return Places(*(words.pop(kind) for kind in _KINDS)), told


def size_of(_context: click.Context, _option: click.Parameter, text: str) -> int:
    """The bytes that an option such as --size says. Raises click.BadParameter."""
    try:
        return size_in_bytes(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def asked(config: Config, meant: Meant) -> tuple[list[Found], list[Process]]:
    """What the nodes meant say of their processes, and those that are meant, both in the order of the configuration.

    Raises NothingMeant for a name of nothing, once what nodes failed to tell is told.
    """
    nodes = [node for node in selection.nodes(config, meant.places) if found.sources(config, node)]
    if not nodes:
        mend = 'give it a source of kind "processes"'
        raise NothingMeant(f"{config.file}: no node meant has processes to see; {mend}")
    told = []
    with _screen.progress(len(nodes)) as tell:
        for one in found.ask(config, nodes, int(time())):
            told.append(one)
            tell(f"{one.node}: {one.outcome}")
    told.sort(key=lambda one: nodes.index(one.node))
    try:
        return told, found.chosen(told, meant.names)
    except NothingMeant:
        _processes.complain(told)
        raise
