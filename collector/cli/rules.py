"""`almanac rules`: what is judged, where and by which limits, and what a rule would have said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.text import Text

from collector import nights, replay
from collector.cli import _screen, _tables
from collector.config import KEEPER, Config, Rule, load, with_rules
from collector.export.subjects import exact
from collector.export.telling import Telling
from collector.judge import roll
from collector.judge.roll import Entry
from collector.model import Level
from collector.replay import Spell
from collector.store import query
from collector.store.records import PassRecord
from collector.store.store import Store
from collector.wording import moment, several, span

MOST_NAMED = 3


@click.group(epilog="Example:  almanac rules list --node backup-1")
def command() -> None:
    """What is judged where, and what a rule would have said."""


@command.command("list", epilog="Example:  almanac rules list --node backup-1")
@click.option("--node", "nodes", multiple=True, help="The rules in force on this node, with what they judge there now.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, with limits in base units.")
@click.pass_obj
def listed(file: Path, nodes: tuple[str, ...], as_json: bool) -> int:
    """All rules: what each judges, where, its limits, and whether it is a default one or the file's.

    With --node, what is in force there, each with the subjects that it judges as of the last pass.
    """
    config = load(file)
    _screen.expect("node", nodes, config.watched)
    entries = list(_in_force(config, nodes) if nodes else roll.everywhere(config))
    if as_json:
        click.echo(json.dumps({"rules": [_document(entry) for entry in entries]}, indent=2, ensure_ascii=False))
    else:
        _tell(entries, on_nodes=bool(nodes))
    return 0


@command.command("try", epilog="Example:  almanac rules try used_ratio --since 2026-11-01 --file new.toml")
@click.argument("names", metavar="[RULE]...", nargs=-1)
@click.option("--since", required=True, metavar="DATE", help="From the passes of this day, or from this ISO time on.")
@click.option("--until", metavar="DATE", help="To the passes of this day, or to this ISO time; else to the last one.")
@click.option("--node", "nodes", multiple=True, help="Only this node; may be given more than once.")
@click.option(
    "--file",
    "tried",
    type=click.Path(path_type=Path),
    help="A file with [[rules]], or a whole configuration, that is not in force yet.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.pass_obj
def try_(  # noqa: PLR0913 - an option each
    file: Path,
    *,
    names: tuple[str, ...],
    since: str,
    until: str | None,
    nodes: tuple[str, ...],
    tried: Path | None,
    as_json: bool,
) -> int:
    """What rules would have said of the recorded past: which problems, when each would have been told and been over.

    All rules by default, with --file those that stand in it. The past is judged again pass by pass, as passes did; of a
    long one the last pass of each night. Nothing is changed and nobody is told. Exit status 1 if anything would have
    been.
    """
    config = load(file)
    trial = with_rules(config, tried) if tried else config
    rules = names or _of_file(config, trial) or tuple(trial.rulebook.families)
    _screen.expect("rule", rules, trial.rulebook.families)
    _screen.expect("node", nodes, trial.watched)
    nights.expect_record(config)
    with Store.open(config.database) as store:
        told = _replayed(trial, store, nights.passes(config, store, since, until), Trial(rules, nodes))
    if as_json:
        click.echo(json.dumps(_told_json(told), indent=2, ensure_ascii=False))
    else:
        _tell_spells(trial, told)
    return 1 if told.spells else 0


def _of_file(config: Config, trial: Config) -> tuple[str, ...]:
    """The names of the rules that a file not in force adds or has otherwise."""
    added = [rule.name for rule in trial.rules if rule not in config.rules]
    return tuple(dict.fromkeys(added))


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried where; of no nodes all are meant."""

    rules: Sequence[str]
    nodes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Told:
    """What a trial found, of which passes, and how these were chosen."""

    spells: Sequence[Spell]
    passes: Sequence[PassRecord]
    chosen: str
    nodes: int


def _replayed(config: Config, store: Store, passes: Sequence[PassRecord], trial: Trial) -> Told:
    nodes = trial.nodes or config.watched
    taken, words = replay.chosen(passes, len(nodes), config.site.time_zone)
    run = replay.Replay(config, frozenset(trial.rules))
    with _screen.progress(len(taken), "judging") as told:
        for one in run.run(store, taken, nodes):
            told(moment(one.started, config.site.time_zone))
    return Told(run.spells(), taken, words, len(set(nodes) - {KEEPER}))


def _tell_spells(config: Config, told: Told) -> None:
    zone = config.site.time_zone
    first, last = (moment(told.passes[place].started, zone) for place in (0, -1))
    head = f"{several(len(told.spells), 'problem')} would have been told"
    nodes = several(told.nodes, "node")
    click.echo(f"{head}: {told.chosen}, {len(told.passes)} from {first} to {last}, {nodes}.")
    if told.spells:
        rows = (_spell_row(spell, told.passes[-1].started, zone) for spell in told.spells)
        _tables.table(("told", "over", "after", "rule", "level", "node", "subject", "what"), rows)


def _spell_row(spell: Spell, last: int, zone: ZoneInfo) -> tuple[str | Text, ...]:
    over = moment(spell.closed, zone) if spell.closed else "not yet"
    lasted = span((spell.closed or last) - spell.opened)
    level = _tables.state(spell.level.word)
    return moment(spell.opened, zone), over, lasted, spell.rule, level, spell.node, spell.subject or "", spell.text


def _told_json(told: Told) -> dict[str, Any]:
    return {
        "passes": {"chosen": told.chosen, "count": len(told.passes), "nodes": told.nodes},
        "from": exact(told.passes[0].started),
        "to": exact(told.passes[-1].started),
        "problems": [
            {
                "node": spell.node,
                "subject": spell.subject,
                "rule": spell.rule,
                "level": spell.level.word,
                "text": spell.text,
                "since": exact(spell.since),
                "told": exact(spell.opened),
                "over": exact(spell.closed) if spell.closed else None,
            }
            for spell in told.spells
        ],
    }


def _in_force(config: Config, nodes: Sequence[str]) -> Iterable[Entry]:
    nights.expect_record(config)
    with Store.open(config.database) as store:
        last = query.last_pass(store.db)
        telling = Telling(config, store, last) if last else None
        found = [list(roll.on(config, telling.record(node))) for node in nodes] if telling else []
    return [entry for entries in found for entry in entries]


def _tell(entries: Sequence[Entry], *, on_nodes: bool) -> None:
    headings = ("rule", "judges", "where", "warning", "critical", "over", "passes", "says who", "runbook")
    rows = (
        (
            entry.rule.name,
            roll.judges(entry.rule),
            f"{entry.node}: {_named(entry.subjects)}" if on_nodes else entry.where,
            "off" if entry.rule.off else roll.limit(entry.rule, Level.WARNING),
            "off" if entry.rule.off else roll.limit(entry.rule, Level.CRITICAL),
            roll.written(entry.rule, entry.rule.clear) if entry.rule.clear else "",
            str(entry.rule.passes) if entry.rule.passes > 1 else "",
            entry.rule.origin,
            entry.rule.runbook,
        )
        for entry in entries
    )
    _tables.table(headings, rows)


def _named(subjects: Sequence[str]) -> str:
    more = len(subjects) - MOST_NAMED
    return ", ".join(subjects[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _document(entry: Entry) -> dict[str, Any]:
    rule = entry.rule
    place = {"node": entry.node, "subjects": entry.subjects} if entry.node else {"where": entry.where}
    return {
        "name": rule.name,
        "rule": rule.kind,
        "judges": roll.judges(rule),
        **place,
        **{key: getattr(rule, key) or None for key in ("metric", "per", "state")},
        **{level.word: _limit(rule, level) for level in (Level.WARNING, Level.CRITICAL)},
        "clear": rule.clear.value if rule.clear else None,
        "limit": rule.limit.value if rule.limit else None,
        "wanted": rule.wanted,
        "passes": rule.passes,
        "runbook": rule.runbook or None,
        "off": rule.off,
        "origin": rule.origin,
    }


def _limit(rule: Rule, level: Level) -> float | list[str] | None:
    words = [word for word, of in rule.words.items() if of == level]
    limits = {of: limit.value for of, limit in rule.limits}
    return words or limits.get(level)
