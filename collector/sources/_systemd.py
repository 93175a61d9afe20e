"""systemd: the sh text that asks for units, and what `systemctl show` says of them.

Format and properties: org.freedesktop.systemd1(5) and systemctl(1), unchanged since systemd 208: `KEY=VALUE` lines, a
blank line between units. Times are asked for in UTC by TZ, since `--timestamp=unix` is only known from version 251 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from shlex import quote

from collector.model import Fault, Observation, Reading, State, printable
from collector.wording import utc

Unit = Mapping[str, str]
"""A unit's properties by name; `Id` and `ActiveState` are always there."""
_SINCE = {
    "active": "ActiveEnterTimestamp",
    "reloading": "ActiveEnterTimestamp",
    "inactive": "InactiveEnterTimestamp",
    "failed": "InactiveEnterTimestamp",
    "activating": "InactiveExitTimestamp",
    "deactivating": "ActiveExitTimestamp",
}
"""When a unit entered its state, by ActiveState."""

_TIME = re.compile(r"[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? UTC")
_PROPERTIES = (
    *("Id", "LoadState", "ActiveState", "SubState", "Result", "ExecMainCode", "ExecMainStatus", "MainPID"),
    *dict.fromkeys(_SINCE.values()),
)
_EXITED, _KILLED, _DUMPED = "1", "2", "3"  # ExecMainCode: CLD_EXITED, CLD_KILLED, CLD_DUMPED of siginfo

_ON_NODE = """\
if ! command -v systemctl > /dev/null; then
    say "there is no systemctl on the node; its units can't be asked for" 127
elif said=$(TZ=UTC systemctl show --no-pager --property={properties} -- {units} 2>&1); then
    printf '@units\\n%s\\n' "$said"
    [ "${{excerpt:-0}}" = 0 ] || case $said in *ActiveState=failed*) unit_words ;; esac
else
    say "systemctl: $(printf '%s' "$said" | tr '\\n' ' ' | head -c 300)" 1
fi
"""


def probe(units: Iterable[str]) -> str:
    """The sh text that asks; `say` must be defined before it."""
    return _ON_NODE.format(properties=",".join(_PROPERTIES), units=" ".join(map(quote, units)))


def parse(text: str, asked: int, now: int | None) -> Reading:
    """The reply, which begins at the answer's line 3. `now` is the node's clock, None if not known."""
    faults: list[Fault] = []
    found = list(units(text, faults))
    return Reading(
        observations=tuple(number for unit in found for number in _numbers(unit, asked, now)),
        states=tuple(state for unit in found for state in _states(unit, asked)),
        faults=tuple(faults),
    )


def units(text: str, faults: list[Fault]) -> Iterator[Unit]:
    """The units in a reply, as properties by name. What is none is added to `faults`."""
    unit: dict[str, str] = {}
    for number, line in enumerate([*text.split("\n"), ""], 3):
        key, sign, value = line.partition("=")
        if sign and key in _PROPERTIES:
            unit[key] = printable(value.strip())
        elif line.strip():
            faults.append(Fault(number, printable(line), "is no property that systemctl was asked for"))
        elif unit.get("Id") and unit.get("ActiveState"):
            yield unit
            unit = {}
        elif unit:
            faults.append(Fault(number, printable(str(unit)), "a unit without Id or ActiveState"))
            unit = {}


def word(unit: Unit) -> str:
    """One word for a unit: ActiveState, or why there is nothing to be active, such as `not-found` or `masked`."""
    load, active = unit.get("LoadState", "loaded"), unit["ActiveState"]
    return load if active == "inactive" and load not in {"loaded", ""} else active


def _states(unit: Unit, asked: int) -> Iterator[State]:
    """Its state; and while it is active when it was started and its main process, new words at each restart."""
    name, began, pid = f"unit:{unit['Id']}", since(unit), unit.get("MainPID", "0")
    yield State(name, "state", began or asked, word(unit), detail(unit))
    if began and unit["ActiveState"] == "active":
        yield State(name, "started", began, utc(began))
    if pid.isdecimal() and pid != "0":
        yield State(name, "pid", began or asked, pid)


def since(unit: Unit) -> int | None:
    """When it entered its state (UTC seconds), None if it does not tell."""
    return _time(unit.get(_SINCE.get(unit["ActiveState"], ""), ""))


def uptime(unit: Unit, now: int | None) -> int | None:
    """Seconds it has been running; one that is active with nothing running (`exited`) has no such time."""
    began = _time(unit.get("ActiveEnterTimestamp", ""))
    running = unit["ActiveState"] == "active" and unit.get("SubState") == "running"
    return now - began if running and began is not None and now is not None and began <= now else None


def _time(text: str) -> int | None:
    """UTC seconds of `Tue 2026-11-24 03:36:18 UTC`; None for `n/a`, nothing, and what is no such time."""
    match = _TIME.fullmatch(text)
    try:
        return int(datetime.fromisoformat(match[1]).replace(tzinfo=UTC).timestamp()) if match else None
    except ValueError:
        return None


def detail(unit: Unit) -> str:
    """SubState, and for a failed unit what ended it: `failed: exit-code, exit status 3`."""
    words, status = unit.get("SubState", ""), unit.get("ExecMainStatus", "")
    if unit["ActiveState"] != "failed":
        return words
    words += f": {unit['Result']}" if unit.get("Result") else ""
    ended = {_EXITED: f"exit status {status}", _KILLED: f"signal {status}", _DUMPED: f"signal {status}, core dumped"}
    how = ended.get(unit.get("ExecMainCode", ""), "")
    return f"{words}, {how}" if how else words


def _numbers(unit: Unit, asked: int, now: int | None) -> Iterator[Observation]:
    seconds = uptime(unit, now)
    if seconds is not None:
        yield Observation(f"unit:{unit['Id']}", "uptime", asked, float(seconds), "seconds")
