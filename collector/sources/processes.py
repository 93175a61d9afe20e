"""Processes that something keeps running: supervisord's, and systemd's units. Read only.

    process:GROUP:NAME    state (RUNNING, FATAL ...), uptime while RUNNING, exitstatus once it ended; when it was
                          started and stopped last, pid, spawn_error, and its log files stdout and stderr
                          of one that failed the end of its stdout and stderr, of a unit of its journal
    supervisor:WHERE      state and version of supervisord itself
    unit:NAME             state (active, failed, not-found ...), uptime while running; while active started, and pid

The answer's body is `@now SECONDS`, `@units` with systemd's reply, `@supervisor xml` or `@supervisor words` with
supervisord's to the end, and a line `@failed SENTENCE` in place of each that could not be asked. Behind both replies
stands what failed ones have said: `_last_words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from collector.config import SourceSettings
from collector.model import Answer, Fault, Outcome, Reading, printable
from collector.sources import _last_words, _supervisord, _systemd

_PLAIN = r"^[^\x00-\x1f\x7f]+$"
_FAILED = re.compile(r"^@failed (.*)$", re.MULTILINE)
_NOW = re.compile(r"@now ([0-9]{0,10})\n")
_XML_ENDS = "</methodResponse>\n"
_CUT = {Outcome.TOO_LONG, Outcome.CUT_OFF}
_START = """\
failed=0
# say SENTENCE STATUS: a part of the question that can't be answered, and the status to end with.
say() {
    printf '@failed %s\\n' "$1"
    printf '%s\\n' "$1" >&2
    failed=$2
}
printf '@now %s\\n' "$(date +%s)"
"""

Plain = Annotated[str, StringConstraints(pattern=_PLAIN)]
Where = Annotated[
    _supervisord.Server,
    BeforeValidator(_supervisord.server),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "type": "string",
            "description": "unix:///run/supervisor.sock or http[s]://[user:password@]host:port, from the node",
        }
    ),
]


class Settings(SourceSettings):
    """`kind = "processes"`: which supervisord, and which units of systemd."""

    supervisor: Where | None = None
    username: Annotated[str, StringConstraints(pattern=r"^[^:\x00-\x1f\x7f]+$")] | None = Field(
        None, description="the user in [unix_http_server] or [inet_http_server]"
    )
    password: SecretStr | None = Field(None, description='the password; "$NAME" takes it from the environment')
    password_file: Plain | None = Field(None, description="a file on the node whose first line is the password")
    excerpt: Annotated[int, Field(ge=0, le=100_000)] = Field(
        4_000, description="how many bytes of the log of a process or unit that failed are read; 0: none"
    )
    units: tuple[Plain, ...] = Field((), description='names or patterns of systemd units, such as "backup-*.timer"')

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Raises ValueError unless there is something to ask, and one way to say who asks."""
        if self.supervisor is None and not self.units:
            raise ValueError('nothing to watch; write supervisor = "unix:///run/supervisor.sock" or units = ["..."]')
        if self.supervisor is None and (self.username or self.password or self.password_file):
            raise ValueError("username and password are for supervisord; write supervisor = ... too, or remove them")
        if self.supervisor and self.supervisor.user and (self.username or self.password or self.password_file):
            raise ValueError("the user stands twice; remove it from the URL, or remove username and password")
        if bool(self.username) != bool(self.password or self.password_file) or (self.password and self.password_file):
            raise ValueError("write username with one of password and password_file, or none of the three")
        if self.password and not self.password.get_secret_value().isprintable():
            raise ValueError("a password may not hold control characters; choose another")
        return self


@dataclass(frozen=True, slots=True)
class Said:
    """An answer's parts. now: the node's clock, None if it does not tell. units: systemctl's reply. form, reply: how
    supervisord's stands there (`xml`, `words`, empty if it was not asked), and the reply. failures: a sentence each."""

    now: int | None
    units: str
    form: str
    reply: str
    failures: tuple[str, ...]
    last_words: str = ""


def probe(settings: Settings) -> str:
    """The sh text that asks systemctl, then supervisord: a hanging supervisord does not cost the units' answer."""
    here = settings.supervisor is not None and _supervisord.is_here(settings.supervisor)
    text = _START + f"excerpt={settings.excerpt} here={'yes' if here else 'no'}\n" + _last_words.ON_NODE
    text += _systemd.probe(settings.units) if settings.units else ""
    if settings.supervisor is not None:
        text += _supervisord.probe(login(settings, settings.supervisor), settings.password_file or "")
    return text + 'exit "$failed"\n'


def spoken(settings: Settings) -> str:
    """The sh text before one that acts: the clock, `say`, and how to speak to supervisord, if there is one."""
    if settings.supervisor is None:
        return _START
    return _START + _supervisord.spoken(login(settings, settings.supervisor), settings.password_file or "")


def login(settings: Settings, where: _supervisord.Server) -> _supervisord.Server:
    """The same supervisord with the user and the password that stand beside it."""
    if settings.username is None:
        return where
    password = settings.password or SecretStr("")
    return replace(where, user=settings.username, password=password)


def parse(settings: Settings, answer: Answer) -> Reading:
    """What the node said of its processes. Never raises."""
    said = taken_apart(answer)
    if said is None:
        head = answer.body.decode("utf-8", "backslashreplace")
        fault = Fault(0, printable(head[:200]), "is no answer to what was asked of processes")
        return Reading(faults=(fault,) if head else ())
    return _merged(
        Reading(faults=tuple(Fault(0, "", sentence) for sentence in said.failures)),
        _systemd.parse(said.units, answer.asked, said.now),
        _supervisor(settings, said, answer.asked),
        Reading(excerpts=tuple(_last_words.excerpts(said.last_words, settings.excerpt))),
    )


def taken_apart(answer: Answer) -> Said | None:
    """The parts of an answer, None if it is none. Never raises."""
    head, _, tail = answer.body.decode("utf-8", "backslashreplace").partition("\n@supervisor ")
    clock = _NOW.match(f"{head}\n")
    if clock is None:
        return None
    units, journal, of_units = head.partition("\n@units\n")[2].partition("\n@failed ")[0].partition("\n@journal ")
    if answer.outcome in _CUT:
        units = units.rpartition("\n\n")[0]  # the last unit may be half of one
    form, _, reply = tail.partition("\n")
    reply, ended, of_processes = reply.partition(_XML_ENDS)
    failures = tuple(printable(sentence) for sentence in _FAILED.findall(head))
    last_words = f"{journal}{of_units}\n{of_processes}"
    return Said(int(clock[1]) if clock[1] else None, units, form, reply + ended, failures, last_words)


def _supervisor(settings: Settings, said: Said, asked: int) -> Reading:
    if settings.supervisor is None or not said.form:
        return Reading()
    if said.form == "words":
        return _supervisord.parse_words(said.reply, asked)
    return _supervisord.parse_xml(said.reply, settings.supervisor, asked)


def _merged(*readings: Reading) -> Reading:
    return Reading(
        observations=tuple(number for reading in readings for number in reading.observations),
        states=tuple(state for reading in readings for state in reading.states),
        faults=tuple(fault for reading in readings for fault in reading.faults),
        excerpts=tuple(one for reading in readings for one in reading.excerpts),
    )
