"""Options by which commands are told what is meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from collector.control.selection import Places


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


def places_of(words: dict[str, Any], *, groups_of_nodes: bool) -> Places:
    """The nodes meant by those options, which are taken out of `words`; a --group that is none of nodes stays."""
    groups = words.pop("group") if groups_of_nodes else ()
    return Places(words.pop("node"), words.pop("environment"), groups, words.pop("hub"))
