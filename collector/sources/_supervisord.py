"""supervisord: where it listens, the sh text that asks it, and what its reply says.

The format is that of supervisor 3.0 to 4.3, https://supervisord.org/api.html: one `system.multicall` of `getState`,
`getSupervisorVersion` and `getAllProcessInfo`. Times in it are Unix seconds on the node's clock, 0 = never, at most
2**31-1. Where only `supervisorctl` could ask, its words for people have to do, and they hold no times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from shlex import quote
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from collector.model import Fault, Observation, Reading, State, printable
from collector.sources._xmlrpc import Call, replies, request
from collector.wording import utc

_STATES = "STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN"
_LINE = re.compile(rf"(\S+)\s+({_STATES})(?:\s+(.*))?")
_LATEST = 2**31 - 1
_UNKNOWN_METHOD = 1
_NO_PASSWORD = SecretStr("")
_METHODS = ("supervisor.getState", "supervisor.getSupervisorVersion", "supervisor.getAllProcessInfo")
ALL = tuple(Call(method) for method in _METHODS)
"""What a pass asks: its state, its version, and every process."""
_ON_NODE = files(__package__).joinpath("_supervisord.sh").read_text(encoding="utf-8")
_WAY = files(__package__).joinpath("_supervisord_way.sh").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Server:
    """Where supervisord listens, seen from its node: a socket's path, or host (with port) and path of a URL."""

    socket: str = ""
    host: str = "localhost"
    path: str = "/RPC2"
    user: str = ""
    password: SecretStr = _NO_PASSWORD
    scheme: str = "http"

    def __str__(self) -> str:
        return self.socket or self.host


def server(text: object) -> Server:
    """`unix:///run/s.sock` or `http://[user:password@]host:port[/RPC2]`. Raises ValueError, never with the text."""
    if not isinstance(text, str) or not text.isprintable():
        raise ValueError('expected text; write "unix:///run/supervisor.sock" or "http://localhost:9001"')
    if text.startswith("unix:///"):
        return Server(socket=text.removeprefix("unix://"))
    try:
        url = urlsplit(text)
        usable = url.scheme in {"http", "https"} and url.hostname and url.port and not url.query and not url.fragment
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(
            'neither a socket nor a URL with a port; write "unix:///run/supervisor.sock" or "http://localhost:9001"; '
            "write a password with odd characters as username and password"
        )
    host, path = url.netloc.rpartition("@")[2], url.path if url.path not in {"", "/"} else "/RPC2"
    password = SecretStr(unquote(url.password or ""))
    return Server("", host, path, unquote(url.username or ""), password, url.scheme)


def is_here(where: Server) -> bool:
    """Whether it runs on the node that is asked, so that its files are there."""
    host = urlsplit(f"//{where.host}").hostname or ""
    return bool(where.socket) or host in ("localhost", "::1") or host.startswith("127.")


def probe(where: Server, password_file: str) -> str:
    """The sh text that asks; `say` must be defined before it. `password_file`: on the node, empty = none."""
    return spoken(where, password_file) + f"request={quote(request(ALL))}\n{_ON_NODE}"


def spoken(where: Server, password_file: str) -> str:
    """The sh text by which supervisord can be spoken to; `say` must be defined before it."""
    values = {
        "shown": str(where),
        "socket": where.socket,
        "scheme": where.scheme,
        "host": where.host,
        "path": where.path,
        "user": where.user,
        "password": where.password.get_secret_value(),
        "password_file": password_file,
    }
    return "".join(f"{name}={quote(value)}\n" for name, value in values.items()) + _WAY


def parse_words(text: str, asked: int) -> Reading:
    """The lines of `supervisorctl status`: `web:gunicorn   RUNNING   pid 9, uptime 0:00:04`. States only."""
    states, faults = [], []
    for line in filter(None, map(str.strip, text.splitlines())):
        if match := _LINE.fullmatch(line):
            states.append(_worded(match, asked))
        else:
            faults.append(Fault(0, printable(line), "is no line of supervisorctl status"))
    return Reading(states=tuple(states), faults=tuple(faults))


def _worded(match: re.Match[str], asked: int) -> State:
    group, sign, process = printable(match[1]).partition(":")
    state, detail = match[2], printable(match[3] or "")
    return State(
        f"process:{group}:{process if sign else group}", "state", asked, state, detail if state != "RUNNING" else ""
    )


def parse_xml(text: str, where: Server, asked: int) -> Reading:
    """The reply to the calls of `ALL`. What is missing or odd is a fault; the rest is read."""
    found = replies(text, len(ALL))
    return Reading(faults=(found,)) if isinstance(found, Fault) else _read(found, where, asked)


def records(text: str) -> tuple[dict[str, object], ...]:
    """The processes in that reply as supervisord tells them, nothing spelt out; none if it tells of none."""
    found = replies(text, len(ALL))
    processes = None if isinstance(found, Fault) else found[2]
    return tuple(one for one in processes if isinstance(one, dict)) if isinstance(processes, list) else ()


def _read(replies: list[object], where: Server, asked: int) -> Reading:
    state, version, processes = replies
    subject = f"supervisor:{printable(str(where))}"
    states: list[State] = []
    observations: list[Observation] = []
    faults = list(_faults(replies))
    if isinstance(state, dict) and (said := word(state, "statename")):
        states.append(State(subject, "state", asked, said))
    if isinstance(version, str):
        states.append(State(subject, "version", asked, printable(version)))
    for record in processes if isinstance(processes, list) else ():
        if process := _process(record, asked):
            states += [process, *_words(process, record, asked)]
            observations += _numbers(process, record, asked)
        else:
            faults.append(Fault(0, printable(repr(record)[:200]), "a process without group, name or state"))
    return Reading(tuple(observations), tuple(states), (), tuple(faults))


def _faults(replies: list[object]) -> Iterator[Fault]:
    for method, reply in zip(_METHODS, replies, strict=True):
        if isinstance(reply, dict) and "faultCode" in reply:
            text = printable(str(reply.get("faultString")))
            mend = "; give it a section [rpcinterface:supervisor]" if reply["faultCode"] == _UNKNOWN_METHOD else ""
            code = printable(str(reply["faultCode"]))
            yield Fault(0, text, f"supervisord answered {method} with fault {code}{mend}")


def _process(record: object, asked: int) -> State | None:
    if not isinstance(record, dict):
        return None
    group, name, state = word(record, "group"), word(record, "name"), word(record, "statename")
    if not (group and name and state):
        return None
    began = _began(record, state) or asked
    return State(f"process:{group}:{name}", "state", began, state, detail(record, state))


def _words(process: State, record: object, asked: int) -> Iterator[State]:
    """The rest of what it tells in words: when it was started and ended last, each a new word at each restart; its pid;
    and what stays, as long as nobody changes it."""
    if not isinstance(record, dict):
        return
    start, stop, pid = time(record, "start"), time(record, "stop"), record.get("pid")
    for name, moment in (("started", start), ("stopped", stop)):
        if moment:
            yield State(process.subject, name, moment, utc(moment))
    if isinstance(pid, int) and pid > 0:
        yield State(process.subject, "pid", start or asked, str(pid))
    for name, key in (("spawn_error", "spawnerr"), ("stdout", "stdout_logfile"), ("stderr", "stderr_logfile")):
        if said := word(record, key):
            yield State(process.subject, name, asked, said)


def word(record: dict[str, object], key: str) -> str:
    """A text of a record, empty if there is none."""
    value = record.get(key)
    return printable(value) if isinstance(value, str) else ""


def time(record: dict[str, object], key: str) -> int | None:
    """A time of a record (UTC seconds on the node's clock), None for never."""
    value = record.get(key)
    return value if isinstance(value, int) and 0 < value <= _LATEST else None


def _began(record: dict[str, object], state: str) -> int | None:
    """When the state began, None if supervisord does not tell."""
    start, stop = time(record, "start"), time(record, "stop")
    if state in {"RUNNING", "STARTING"}:
        return start
    if state in {"STOPPED", "EXITED", "FATAL", "BACKOFF"}:
        return max((one for one in (start, stop) if one), default=None)  # a failed start has no stop of its own
    return None


def exit_status(record: dict[str, object], state: str) -> int | None:
    """Where it means something: 0 is also "none yet", unless the process has EXITED. -1 is death by a signal."""
    value = record.get("exitstatus")
    if not isinstance(value, int) or not -1 <= value <= 255:
        return None
    return value if state == "EXITED" or (state in {"FATAL", "BACKOFF"} and value) else None


def detail(record: dict[str, object], state: str) -> str:
    """How it ended, or why it does not run, for people; empty while it runs."""
    status, spawn_error = exit_status(record, state), word(record, "spawnerr")
    if status == -1:
        return "killed by a signal"
    if status is not None:
        return f"exit status {status}" + (", unexpected" if spawn_error else "")
    return "" if state == "RUNNING" else spawn_error


def uptime(record: dict[str, object]) -> int | None:
    """Seconds that it has been RUNNING, from the numbers; None if it is not, or they do not tell."""
    start, now = time(record, "start"), time(record, "now")
    return now - start if word(record, "statename") == "RUNNING" and start and now and start <= now else None


def _numbers(process: State, record: object, asked: int) -> Iterator[Observation]:
    if not isinstance(record, dict):
        return
    seconds = uptime(record)
    if seconds is not None:
        yield Observation(process.subject, "uptime", asked, float(seconds), "seconds")
    status = exit_status(record, process.value)
    if status is not None and status >= 0:
        yield Observation(process.subject, "exitstatus", asked, float(status), "count")
