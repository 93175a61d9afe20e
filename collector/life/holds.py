"""Why nobody is alarmed of a problem: somebody knows of it, it is silenced, or it lies behind another. Pure.

None of these is a stage of its life: it is judged, kept and shown all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from collector.config import Config
from collector.judge.reached import SILENT
from collector.life import selector, windows
from collector.store.records import Ack, NodeRecord, ProblemRecord, Silence

Kind = Literal["acknowledged", "silenced", "behind"]
OF_FRESHNESS = frozenset({"late", "behind", "none", "not copied", "missing"})
"""What a backup node lacks because its hub, being down, made and sent none."""
STRANDED, DOWN = "stranded", frozenset({"offline", "silent"})
"""The state of a VM whose host can't run it, and those of a host that can run none."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why alarms are held: who said so, when and until when, with what note; or behind which node it lies, and behind
    which subject of that if it does answer."""

    kind: Kind
    person: str = ""
    note: str = ""
    made: int | None = None
    until: int | None = None
    node: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What holds alarms as of a moment (UTC seconds): acknowledgements and silences, the newest first, and the nodes
    that do not answer."""

    moment: int
    acks: Sequence[Ack] = ()
    silences: Sequence[Silence] = ()
    silent: frozenset[str] = frozenset()


def hold(config: Config, said: Said, problem: ProblemRecord) -> Hold | None:
    """Why nobody is alarmed of a problem, None if somebody is to be."""
    if node := behind(config, said.silent, problem):
        return Hold("behind", node=node)
    return next(_acknowledged(said, problem), None) or next(_silenced(config, said, problem), None)


def _acknowledged(said: Said, problem: ProblemRecord) -> Iterator[Hold]:
    """By the last word only, and only while the problem lives of which it was said, no worse than it was then."""
    last = next((ack for ack in said.acks if ack.key == problem.key), None)
    if last is None or last.made < problem.opened or problem.level > (last.level or problem.level):
        return
    if last.until is None or last.until > said.moment:
        yield Hold("acknowledged", last.person, last.note, last.made, last.until)


def _silenced(config: Config, said: Said, problem: ProblemRecord) -> Iterator[Hold]:
    for one in said.silences:
        window = windows.window(one, said.moment, config.site.time_zone)
        if window and selector.read(one.selector).means(config, problem):
            yield Hold("silenced", one.person, one.note, one.made, window[1])


def behind(config: Config, silent: frozenset[str], problem: ProblemRecord) -> str | None:
    """The node that does not answer and is why: a jump host on the way, or the hub whose backups are missed."""
    node = config.nodes.get(problem.node)
    if node is None:
        return None
    if problem.subject is None and problem.rule == SILENT:
        stops = {stop.rpartition("@")[2].partition(":")[0].strip() for stop in (node.jump or "").split(",")}
        ways = {name: {name, config.nodes[name].address} for name in sorted(silent & set(config.nodes))}
        return next((name for name, names in ways.items() if name != problem.node and names & stops), None)
    kind, _, item = (problem.subject or "").partition(":")
    owner = config.hubs[item.partition("/")[0]].node if item.partition("/")[0] in config.hubs else None
    is_of_hub = kind == "tarball" and problem.rule in OF_FRESHNESS and owner != problem.node
    return owner if is_of_hub and owner in silent else None


def on_host(record: NodeRecord, problem: ProblemRecord, others: Iterable[ProblemRecord]) -> Hold | None:
    """The host that is why a VM is stranded, if that is known and told among the `others` of its node."""
    subject = record.subjects.get(problem.subject or "")
    if subject is None or not problem.known or not subject.name.startswith("vm:"):
        return None
    words = {name: state.value for name, state in subject.states.items()}
    host = record.subjects.get(f"clusternode:{words.get('host')}")
    if words.get("state") != STRANDED or host is None or "state" not in host.states:
        return None
    told = any(one.subject == host.name and one.known and one.stage != "closed" for one in others)
    return Hold("behind", node=record.node, subject=host.name) if told and host.states["state"].value in DOWN else None
