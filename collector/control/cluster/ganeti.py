"""Ganeti told to do something, by its RAPI: orders as requests, jobs as they go, consoles.

The Remote API, version 2, of Ganeti 2.6 to 3.1 (https://docs.ganeti.org/docs/ganeti/3.0/html/rapi.html). A change
answers with the number of a job, whose failure shows only there. `/2/jobs/ID` has a status and a result for each step
of the job and its log, `[[serial, [seconds, microseconds], type, message], ...]`; a job that began others names them in
its result.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from shlex import join, quote
from typing import Any

from collector.control.cluster.account import Account
from collector.control.cluster.courses import Console, Course, Line, Sent, Stage, Unreadable
from collector.control.cluster.ganeti_calls import ask_console, call
from collector.control.cluster.orders import Step
from collector.model import printable
from collector.sources import _ganeti, cluster
from collector.sources._machines import Cluster

_SEND, _FOLLOW = (
    files(__package__).joinpath(name).read_text(encoding="utf-8") for name in ("ganeti_send.sh", "ganeti_follow.sh")
)
_LONGEST = 500
_STAGES: dict[str, Stage] = {
    "queued": "waiting",
    "waiting": "waiting",
    "canceling": "running",
    "running": "running",
    "success": "done",
    "error": "failed",
    "canceled": "canceled",
}
_UNREADABLE = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError)
_FILE = "/var/lib/ganeti/rapi/users"


def read(body: bytes) -> Cluster:
    """The cluster, in the answer to what its source asks. Raises Unreadable."""
    try:
        return _ganeti.parse(body.decode("utf-8", "backslashreplace"))[0]
    except _ganeti.Void as void:
        raise Unreadable(str(void)) from void


def _way(settings: cluster.Settings, account: Account | None) -> str:
    login = cluster.login(settings)
    if account is not None:
        login = _ganeti.Login(account.username, account.password, "", login.ca_file, login.server_name)
    return _ganeti.way(settings.url, login)


def send(settings: cluster.Settings, account: Account | None, steps: Sequence[Step]) -> str:
    """The text that gives orders, each once."""
    orders = "".join(f"order {' '.join(map(quote, call(step)))}\n" for step in steps)
    return f"{_way(settings, account)}\n{_SEND}{orders}"


def sent(body: bytes, steps: Sequence[Step]) -> tuple[Sent, ...]:
    """What came of the orders that were given at all, in their order. One without a whole reply may have arrived."""
    replies = re.split(r"^@order\n", body.decode("utf-8", "backslashreplace"), flags=re.MULTILINE)[1:]
    return tuple(_sent(reply) for reply in replies[: len(steps)])


def _sent(reply: str) -> Sent:
    told, _, code = reply.removesuffix("\n").rpartition("\n")
    if code == "200":
        try:
            return Sent(int(json.loads(told)))
        except _UNREADABLE:
            return Sent(None, f"the cluster's answer names no job: {_short(told)}", known=False)
    if re.fullmatch("[0-9]{3}", code):
        return Sent(None, _refusal(code, told))
    return Sent(None, f"the cluster's reply was lost: {_short(told)}", known=False)


def _refusal(code: str, told: str) -> str:
    if code == "401":
        return "the cluster does not accept this user and password"
    if code == "403":
        mend = f"give it the option write in {_FILE}, or name one that has it in `control` of the source"
        return f"the cluster lets this user read, and change nothing; {mend}"
    try:
        error = json.loads(told)
        words = "; ".join(html.unescape(str(error[key])) for key in ("message", "explain") if error.get(key))
    except _UNREADABLE:
        words = told
    return f"the cluster refused (HTTP {code}): {_short(words)}"


def follow(settings: cluster.Settings, account: Account | None, jobs: Sequence[int], mark: str) -> str:
    """The text that tells of jobs until nobody hears it any more."""
    values = {"mark": mark, "jobs": " ".join(map(str, jobs))}
    head = "".join(f"{name}={quote(value)}\n" for name, value in values.items())
    return f"{head}{_way(settings, account)}\n{_FOLLOW}"


def course(job: int, body: bytes) -> Course:
    """How far a job is. Raises Unreadable."""
    try:
        told = json.loads(body)
        if told["status"] is None:
            return Course(job, "gone", reason=f"the cluster knows no job {job}, or no more")
        return _course(job, told)
    except _UNREADABLE as error:
        raise Unreadable(f"the cluster's answer of job {job} can't be read: {type(error).__name__}") from error


def _course(job: int, told: dict[str, Any]) -> Course:
    stage = _STAGES[told["status"]]
    summary = _short(", ".join(map(str, told["summary"])))
    further, unbegun = _further(told["opresult"] or []) if stage == "done" else ((), "")
    lines = tuple(sorted(_lines(told["oplog"] or []), key=lambda line: line.number))
    if unbegun:
        return Course(job, "failed", summary, lines, further, unbegun)
    return Course(job, stage, summary, lines, further, _reason(job, stage, told))


def _lines(logs: list[Any]) -> list[Line]:
    return [
        Line(int(serial), int(at[0]), _short(said if isinstance(said, str) else json.dumps(said)))
        for log in logs
        for serial, at, _type, said in log or []
    ]


def _further(results: list[Any]) -> tuple[tuple[int, ...], str]:
    """The jobs that a job has begun, and why one could not be: `{"jobs": [[true, "4712"], [false, "why"]]}`."""
    told = [one for result in results if isinstance(result, dict) for one in result.get("jobs", ())]
    begun = tuple(int(number) for well, number in told if well)
    return begun, "; ".join(f"a job could not be begun: {_short(why)}" for well, why in told if not well)


def _reason(job: int, stage: Stage, told: dict[str, Any]) -> str:
    if stage == "canceled":
        return f"job {job} was canceled"
    if stage != "failed":
        return ""
    for status, result in zip(told["opstatus"], told["opresult"], strict=False):
        if status == "error":
            return f"job {job} failed: {_said(result)}"
    return f"job {job} failed, and does not say why"


def _said(result: Any) -> str:
    """`["OpPrereqError", ["Node n1 is offline", "wrong_state"]]`, or `["OpExecError", ["..."]]`."""
    _, words = result
    return _short(str(words[0] if isinstance(words, list) and words else words))


def show_console(settings: cluster.Settings, account: Account | None, vm: str) -> str:
    """The text that asks how a VM's console is opened."""
    return f"{_way(settings, account)}\n{_SEND}order {' '.join(map(quote, ask_console(vm)))}\n"


def console(body: bytes) -> Console:
    """How a VM's console is opened. Raises Unreadable."""
    told, _, code = body.decode("utf-8", "backslashreplace").partition("@order\n")[2].rstrip("\n").rpartition("\n")
    if code != "200":
        if code == "503":
            raise Unreadable("it has no console while it does not run")
        raise Unreadable(_refusal(code, told) if code.isdecimal() else f"the cluster's reply was lost: {_short(told)}")
    try:
        return _console(json.loads(told))
    except _UNREADABLE as error:
        raise Unreadable(f"the cluster's answer of its console can't be read: {type(error).__name__}") from error


def _console(told: dict[str, Any]) -> Console:
    if told["kind"] == "ssh":
        return Console("text", _text(told["host"]), int(told["port"] or 0), _text(told["user"]), _line(told["command"]))
    if told["kind"] == "vnc":
        return Console("vnc", _text(told["host"]), int(told["port"]))
    if told["kind"] == "msg":
        return Console("told", message=_short(_text(told["message"])))
    where = f"at {told['host']}, port {told['port']}"
    return Console("told", message=_short(f"its console is of kind {told['kind']}, {where}; use a viewer for that"))


def _line(command: Any) -> str:
    """Ganeti tells words, or a line that is quoted already."""
    return command if isinstance(command, str) else join(map(_text, command))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expected text")
    return value


def _short(text: str) -> str:
    return printable(" ".join(text.split())[:_LONGEST])
