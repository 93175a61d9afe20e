"""The machine itself: load, memory, swap, disks, uptime, processes, temperatures, as far as it tells.

    host:system       cpu_ratio (ratio), load1 load5 load15 (load), processes cpus (count), uptime (seconds),
                      memory_total memory_available memory_used swap_total swap_used (bytes)
                      os, kernel, boot, machine: states; boot is another word after each start, so that a reboot is a
                      change, and machine another one on another installation
    disk:/data        size used free (bytes), used_ratio inodes_ratio (ratio); one subject a mount point
    temperature:NAME  temperature (celsius); one subject a sensor

Linux tells by /proc and /sys, others by uname, sysctl, uptime and df. What is not told is absent, never zero. `free` is
what others than root may still write, and used_ratio is used / (used + free), as df has it.

cpu_ratio is how much of all processors was used since the pass before, or since the machine was started if that is
later: not how busy it was while it was asked, which would say most about the asking. Waiting for a disk is no use. It
is counted by /proc/stat (proc_stat(5)), so by Linux only; the first pass can't tell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files

from collector.config import SourceSettings
from collector.model import Answer, Cursor, Fault, Observation, Outcome, Reading, State, Unit, printable

SYSTEM = "host:system"
_CPU = "cpu"
MOST_FAULTS = 50

# Each line is a key, a blank, and what the node says; below `table KEY` are the rows of df as they stand. df comes
# last, and local disks first: it hangs where a network mount is dead, and then the section's time limit costs nothing
# but the mounts of others. Where none is what `df -l` leaves out (gnulib's mountlist.c, ME_REMOTE), it is not asked
# again. Files are read by the shell itself: what this costs a node is the programs that it starts.
_SCRIPT = files(__package__).joinpath("_host.sh").read_text(encoding="utf-8")
_LOADS = re.compile(r".*load averages?: *(\d{1,9}\.\d+),? +(\d{1,9}\.\d+),? +(\d{1,9}\.\d+)\s*", re.ASCII)
_MEMORY = re.compile(r"(\w+): +(\d{1,15}) kB", re.ASCII)
_ROW = re.compile(r"(.+?) +(\d{1,15}) +(\d{1,15}) +(-?\d{1,15}) +(?:\d+%|-) +(/.*)", re.ASCII)
_COUNT = re.compile(r" *\d{1,15} *", re.ASCII)
_ANY = re.compile(".*")
_SPENT = re.compile(r"([0-9a-f-]{36}) (\d{1,19}) (\d{1,19})", re.ASCII)
"""What had been spent by all processors: the boot since which, and ticks of all time and of idle time."""
_NOTHING = "- 0 0"
_LEAST_TICKS = 100
"""A second of one processor: of less time nothing can be said."""
_OF_TABLE = re.compile(rf"Filesystem .*|{_ROW.pattern}|.+ +- +- +- +- +/.*", re.ASCII)  # dashes: it has no such numbers
_SHAPES = {
    **dict.fromkeys(("uname", "release", "product", "boot", "started", "end"), _ANY),
    **dict.fromkeys(("bytes", "cpus", "processes"), _COUNT),
    **dict.fromkeys(("disk", "inodes"), _OF_TABLE),
    "online": re.compile(r"\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?)*", re.ASCII),
    "loadavg": re.compile(r"(\d{1,9}\.\d+ ){3}.*", re.ASCII),
    "uptime": _LOADS,
    "stat": re.compile(r"cpu +\d{1,18}(?: \d{1,18}){6,9}", re.ASCII),
    "before": re.compile(rf"{_SPENT.pattern}|{_NOTHING}", re.ASCII),
    "up": re.compile(r"\d{1,12}(\.\d+)?( .*)?", re.ASCII),
    "memory": _MEMORY,
    "machine": re.compile(r"[0-9a-f]{32}|uninitialized", re.ASCII),
    "celsius": re.compile(r"-?\d{1,9} .+", re.ASCII),
}
_TABLES = frozenset({"table disk", "table inodes"})
_MOST_ROWS = 500
_NO_DISKS = re.compile(  # what df calls the device of a file system that holds no files of its own
    r"(dev)?tmpfs|udev|none|proc|procfs|sysfs|devfs|fdescfs|shm|cgroup\d?|squashfs|rootfs|efivarfs|map .*"
)
_NO_MOUNTS = re.compile(r"/(snap|proc|sys)(/.*)?|/etc/(hosts|hostname|resolv\.conf)|/System/Volumes/(?!Data$).*")

Told = dict[str, list[str]]


class Settings(SourceSettings):
    """Nothing to be set but what all sources have."""


def probe(settings: Settings, cursor: Cursor) -> str:  # noqa: ARG001
    """The sh text that asks the machine. It always succeeds: what a machine can't tell, it leaves out. What the
    processors had spent by the pass before is repeated, in a line that a forced command knows (control/forced.py)."""
    before = cursor.get(_CPU, "")
    return f"echo 'before {before if _SPENT.fullmatch(before) else _NOTHING}'\n\n{_SCRIPT}"


def parse(settings: Settings, answer: Answer) -> Reading:  # noqa: ARG001
    """All that the machine told; lines that can't be understood are faults."""
    told: Told = {}
    faults: list[Fault] = []
    for number, key, text, raw in _lines(answer.body):
        if key in _SHAPES and _SHAPES[key].fullmatch(text):
            told.setdefault(key, []).append(text)
        elif len(faults) < MOST_FAULTS:
            reason = f"not what a line of {key} looks like" if key in _SHAPES else "not a line of this probe"
            faults.append(Fault(number, printable(raw[:200]), reason))
    if "end" not in told and answer.outcome not in (Outcome.FAILED, Outcome.UNREACHABLE, Outcome.REFUSED):
        faults.insert(0, Fault(0, "", f"the answer ends early ({answer.outcome}); what is missing was not told"))
    asked = answer.asked
    numbers = [*_system(told, asked), *_temperatures(told), *_disks(told)]
    return Reading(
        observations=tuple(Observation(about, metric, asked, value, unit) for about, metric, value, unit in numbers),
        states=tuple(State(SYSTEM, metric, asked, value, detail) for metric, value, detail in _names(told, asked)),
        faults=tuple(faults),
        cursor={_CPU: spent} if (spent := _spent(told)) else {},
    )


def _lines(body: bytes) -> Iterator[tuple[int, str, str, bytes]]:
    """Number, key, what the node says, and the line itself; of a row of a table, the key is the table's."""
    table, rows = "", 0
    for number, raw in enumerate(body.split(b"\n")[:-1], 1):  # a last line without its end was cut
        line = printable(raw)
        key, _, text = line.partition(" ")
        if line in _TABLES:
            table, rows = text, 0
        elif not table or line == "end":
            yield number, key, text, raw
        elif rows < _MOST_ROWS:
            rows += 1
            yield number, table, line, raw


Number = tuple[str, str, float, Unit]
"""Subject, metric, value and unit."""


def _system(told: Told, asked: int) -> Iterator[Number]:
    loads = told["loadavg"][0].split()[:3] if "loadavg" in told else []
    if not loads and (match := _LOADS.fullmatch(told.get("uptime", [""])[0])):
        loads = list(match.groups())
    for minutes, load in zip((1, 5, 15), loads, strict=False):
        yield SYSTEM, f"load{minutes}", float(load), "load"
    if (used := _cpu_ratio(told)) is not None:
        yield SYSTEM, "cpu_ratio", used, "ratio"
    if (uptime := _uptime(told, asked)) is not None:
        yield SYSTEM, "uptime", uptime, "seconds"
    for metric in ("cpus", "processes"):
        if count := next((int(text) for text in told.get(metric, []) if int(text)), 0):
            yield SYSTEM, metric, float(count), "count"
    if "online" in told:
        yield SYSTEM, "cpus", float(_online(told["online"][0])), "count"
    yield from _memory(told)


def _spent(told: Told) -> str:
    """What the processors have spent, for the next pass; empty if that is not told."""
    boot = told.get("boot", [""])[0].strip()
    if "stat" not in told:
        return ""
    user, nice, system, idle, waiting, *rest = map(int, told["stat"][0].split()[1:9])  # guests are among the users
    text = f"{boot} {user + nice + system + idle + waiting + sum(rest)} {idle + waiting}"
    return text if _SPENT.fullmatch(text) else ""


def _cpu_ratio(told: Told) -> float | None:
    """The part of all processors' time that was used, None if it can't be told."""
    now, before = _SPENT.fullmatch(_spent(told)), _SPENT.fullmatch(told.get("before", [""])[0])
    if now is None or before is None:
        return None
    total, idle = (int(now[n]) - (int(before[n]) if now[1] == before[1] else 0) for n in (2, 3))
    return min(1.0, max(0.0, (total - idle) / total)) if total >= _LEAST_TICKS else None


def _online(text: str) -> int:
    """How many numbers there are in `0-3,6` (Linux, Documentation/admin-guide/cputopology.rst)."""
    spans = (span.partition("-") for span in text.split(","))
    return sum(max(0, int(last or first) - int(first)) + 1 for first, _, last in spans)


def _uptime(told: Told, asked: int) -> float | None:
    if "up" in told:
        return float(told["up"][0].split()[0])
    started = _started(told)
    return float(asked - started) if started is not None and started <= asked else None


def _started(told: Told) -> int | None:
    """`{ sec = 1700000000, usec = 0 } Tue ...` of macOS and FreeBSD, the bare number of OpenBSD."""
    match = re.match(r"(?:\{ sec = )?(\d{1,10})\b", told.get("started", [""])[0], re.ASCII)
    return int(match[1]) if match else None


def _memory(told: Told) -> Iterator[Number]:
    matches = (_MEMORY.fullmatch(text) for text in told.get("memory", []))
    size = {match[1]: int(match[2]) * 1024.0 for match in matches if match}
    if "MemTotal" not in size and "bytes" in told:
        size["MemTotal"] = float(told["bytes"][0])
    if "MemAvailable" not in size and {"MemFree", "Buffers", "Cached"} <= size.keys():  # kernels before 3.14
        size["MemAvailable"] = size["MemFree"] + size["Buffers"] + size["Cached"]
    for prefix, total, left in (("memory", "MemTotal", "MemAvailable"), ("swap", "SwapTotal", "SwapFree")):
        if total in size:
            yield SYSTEM, f"{prefix}_total", size[total], "bytes"
        if total in size and left in size:
            yield SYSTEM, f"{prefix}_used", max(0.0, size[total] - size[left]), "bytes"
    if "MemAvailable" in size:
        yield SYSTEM, "memory_available", size["MemAvailable"], "bytes"


def _temperatures(told: Told) -> Iterator[Number]:
    """Sensors of one name are numbered: `acpitz`, `acpitz 2`. What no machine survives is an absent sensor."""
    seen: dict[str, int] = {}
    for text in told.get("celsius", []):
        thousandths, _, name = text.partition(" ")
        seen[name] = seen.get(name, 0) + 1
        if -60_000 < int(thousandths) < 200_000:
            numbered = name if seen[name] == 1 else f"{name} {seen[name]}"
            yield f"temperature:{numbered}", "temperature", int(thousandths) / 1000, "celsius"


def _disks(told: Told) -> Iterator[Number]:
    inodes = {mount: (used, free) for _, _, used, free, mount in _rows(told, "inodes")}
    for mount, (size, used, free) in _mounts(told).items():
        subject = f"disk:{mount}"
        yield subject, "size", size * 1024.0, "bytes"
        yield subject, "used", used * 1024.0, "bytes"
        yield subject, "free", max(0, free) * 1024.0, "bytes"
        if used + max(0, free):
            yield subject, "used_ratio", used / (used + max(0, free)), "ratio"
        in_use, left = inodes.get(mount, (0, 0))
        if in_use + max(0, left):
            yield subject, "inodes_ratio", in_use / (in_use + max(0, left)), "ratio"


def _mounts(told: Told) -> dict[str, tuple[int, int, int]]:
    """Size, used and free in KiB by mount point. Of a device mounted more than once, the shortest mount point."""
    chosen: dict[tuple[str, int], tuple[str, tuple[int, int, int]]] = {}
    for device, size, used, free, mount in _rows(told, "disk"):
        if not size or _NO_DISKS.fullmatch(device) or _NO_MOUNTS.fullmatch(mount):
            continue
        if device == "overlay" and mount != "/":  # a container's root, seen from outside it
            continue
        known = chosen.get((device, size))
        if known is None or len(mount) < len(known[0]):
            chosen[device, size] = (mount, (size, used, free))
    return dict(chosen.values())


def _rows(told: Told, key: str) -> Iterator[tuple[str, int, int, int, str]]:
    """The rows of `df -P`: device, size, used, free, mount point. Devices and mount points may hold blanks."""
    for text in told.get(key, []):
        if match := _ROW.fullmatch(text):
            yield match[1], int(match[2]), int(match[3]), int(match[4]), match[5]


def _names(told: Told, asked: int) -> Iterator[tuple[str, str, str]]:
    """The states: metric, value, detail."""
    kernel = told.get("uname", [""])[0].strip()
    release = dict(text.split("=", 1) for text in told.get("release", []) if "=" in text)
    product = f"macOS {told['product'][0]}" if "product" in told else ""
    system = release.get("PRETTY_NAME", "").strip("\"'") or product or kernel.partition(" ")[0]
    if system:
        yield "os", system, ""
    if kernel:
        yield "kernel", kernel, ""
    # machine-id(5): is not to be told as it is, but as a hash that is of one program only
    if (machine := told.get("machine", ["uninitialized"])[0]) != "uninitialized":
        yield "machine", sha256(f"almanac {machine}".encode()).hexdigest()[:32], ""
    started = _started(told)
    boot = told["boot"][0].strip() if "boot" in told else "" if started is None else str(started)
    if boot:
        uptime = _uptime(told, asked)
        since = "" if uptime is None or uptime > asked else datetime.fromtimestamp(asked - uptime, UTC)
        yield "boot", boot, f"started {since:%Y-%m-%d %H:%M} UTC" if since else ""
