"""The processes of nodes as they are now, asked for as a pass asks, and recorded nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from collector.config import Config
from collector.control.selection import Names, NothingMeant, called_by, expect
from collector.export.counts import WORDS
from collector.model import Answer, Fault, NodeAnswer, Outcome, printable
from collector.question import Sought
from collector.sources import _supervisord, _systemd, processes
from collector.sweep import sweep

_RUN_BY_SUPERVISORD = frozenset({"STARTING", "RUNNING", "BACKOFF"})
_RUN_BY_SYSTEMD = frozenset({"active", "reloading", "activating"})


@dataclass(frozen=True, slots=True)
class Process:
    """A process of supervisord, or a unit of systemd.

    source: the node's source that tells of it.   group: empty for a unit.   state, detail: in its keeper's words.
    pid: None if nothing runs.   began: since when it is so, for a process when it was started last; stopped: when it
    ended last; both UTC seconds on the node's clock, None if not told.   uptime: seconds, None unless it runs.
    spawn_error, exit_status: as supervisord tells, the status None where it means nothing.
    stdout, stderr: files on the node that its output goes to, empty if none is known.
    """

    node: str
    source: str
    keeper: Literal["supervisord", "systemd"]
    group: str
    name: str
    state: str
    detail: str = ""
    pid: int | None = None
    began: int | None = None
    stopped: int | None = None
    uptime: int | None = None
    spawn_error: str = ""
    exit_status: int | None = None
    stdout: str = ""
    stderr: str = ""

    @property
    def full(self) -> str:
        """What it is called: `group:name`, or the unit's name."""
        return f"{self.group}:{self.name}" if self.group else self.name

    @property
    def subject(self) -> str:
        """As pages and the record call it."""
        return f"{'process' if self.keeper == 'supervisord' else 'unit'}:{self.full}"

    @property
    def is_running(self) -> bool:
        """Whether there is something to stop: BACKOFF is what its keeper tries to start again and again."""
        return self.state in (_RUN_BY_SUPERVISORD if self.keeper == "supervisord" else _RUN_BY_SYSTEMD)

    @property
    def part(self) -> str:
        """How it counts: `running`, `stopped`, `failed` or another word of ours."""
        words = WORDS["process" if self.keeper == "supervisord" else "unit"]
        return words.get(self.state, self.state.lower())


@dataclass(frozen=True, slots=True)
class Found:
    """What a node said of its processes. failures: why it, or a source of it, did not answer well."""

    node: str
    outcome: Outcome
    processes: tuple[Process, ...]
    failures: tuple[str, ...]


def sources(config: Config, node: str) -> dict[str, processes.Settings]:
    """The sources of a node that tell of processes, by their labels."""
    every = config.sources_of(node)
    return {source.label: source for source in every if isinstance(source, processes.Settings)}


def ask(config: Config, nodes: Iterable[str], now: int) -> Iterator[Found]:
    """Asks the nodes and yields what each said, as it comes in. `now`: UTC seconds."""
    meant = list(nodes)
    labels = {label for node in meant for label in sources(config, node)}
    yield from (found(config, answer) for answer in sweep(config, meant, now, Sought(labels)))


def found(config: Config, answer: NodeAnswer) -> Found:
    """What stands in a node's answer."""
    if answer.outcome is not Outcome.OK and not any(one.body for one in answer.answers):
        return Found(answer.node, answer.outcome, (), (answer.reason,))
    told = sources(config, answer.node)
    mine = [one for one in answer.answers if one.source in told]
    failures = [sentence for one in mine if (sentence := _failure(told[one.source], one))]
    return Found(
        answer.node, answer.outcome, tuple(process for one in mine for process in within(one)), tuple(failures)
    )


def _failure(settings: processes.Settings, answer: Answer) -> str:
    """Why a source did not answer well, empty if it did."""
    faults = processes.parse(settings, answer).faults
    if answer.outcome is Outcome.OK and not faults:
        return ""
    return _sentence(faults[0]) if faults else answer.reason


def _sentence(fault: Fault) -> str:
    return f"{fault.reason}: {fault.text}" if fault.text else fault.reason


def within(answer: Answer) -> Iterator[Process]:
    """The processes in one source's answer."""
    said = processes.taken_apart(answer)
    if said is None:
        return
    for unit in _systemd.units(said.units, []):
        yield _unit(answer, unit, said.now)
    if said.form == "words":
        for state in _supervisord.parse_words(said.reply, answer.asked).states:
            group, _, name = state.subject.removeprefix("process:").partition(":")
            yield Process(answer.node, answer.source, "supervisord", group, name, state.value, state.detail)
        return
    for record in _supervisord.records(said.reply):
        if process := _process(answer, record):
            yield process


def _process(answer: Answer, record: dict[str, object]) -> Process | None:
    group, name, state = (record.get(key) for key in ("group", "name", "statename"))
    if not (isinstance(group, str) and isinstance(name, str) and isinstance(state, str)):
        return None
    pid, state = record.get("pid"), printable(state)
    return Process(
        node=answer.node,
        source=answer.source,
        keeper="supervisord",
        group=group,
        name=name,
        state=state,
        detail=_supervisord.detail(record, state),
        pid=pid if isinstance(pid, int) and pid > 0 else None,
        began=_supervisord.time(record, "start"),
        stopped=_supervisord.time(record, "stop"),
        uptime=_supervisord.uptime(record),
        spawn_error=_supervisord.word(record, "spawnerr"),
        exit_status=_supervisord.exit_status(record, state),
        stdout=_path(record, "stdout_logfile"),
        stderr=_path(record, "stderr_logfile"),
    )


def _path(record: dict[str, object], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _unit(answer: Answer, unit: _systemd.Unit, now: int | None) -> Process:
    pid = unit.get("MainPID", "0")
    return Process(
        node=answer.node,
        source=answer.source,
        keeper="systemd",
        group="",
        name=unit["Id"],
        state=_systemd.word(unit),
        detail=_systemd.detail(unit),
        pid=int(pid) if pid.isdecimal() and pid != "0" else None,
        began=_systemd.since(unit),
        uptime=_systemd.uptime(unit, now),
    )


def chosen(told: Iterable[Found], names: Names) -> list[Process]:
    """The processes meant, those of a node by their names. Raises NothingMeant for a name that is none of them all, and
    where none fits."""
    every = [process for one in told for process in sorted(one.processes, key=lambda one: (one.keeper, one.full))]
    where = " on the nodes that answered"
    expect("there is no process of a group", names.groups, {one.group for one in every if one.group}, where)
    known = {called for one in every for called in called_by(one.group, one.name)}
    expect("there is no process", names.names, known, where)
    meant = [one for one in every if names.mean(one.group, one.name)]
    if not meant and (names.groups or names.names):
        raise NothingMeant("no process fits all that is asked for; leave a name or an option out")
    return meant
