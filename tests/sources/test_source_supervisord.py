"""What the source `processes` makes of supervisord's answers, given and hostile ones."""

from __future__ import annotations

import re
import xmlrpc.client
from typing import Any

import pytest

from collector.model import Fault, Observation, Reading, State
from tests.sources.recorded import ASKED, NOW, multicall, reading, record

SELF = (
    State("supervisor:/run/supervisor.sock", "state", ASKED, "RUNNING"),
    State("supervisor:/run/supervisor.sock", "version", ASKED, "4.3.0"),
)
P = "process:g1:clock"


def number(metric: str, value: float, unit: Any) -> Observation:
    return Observation(P, metric, ASKED, value, unit)


RECORDS: list[tuple[dict[str, Any], State, tuple[Observation, ...]]] = [
    ({}, State(P, "state", 1_795_465_842, "RUNNING"), (number("uptime", 4.0, "seconds"),)),
    ({"now": 1_795_465_841}, State(P, "state", 1_795_465_842, "RUNNING"), ()),  # the node's clock was set back
    ({"start": 0}, State(P, "state", ASKED, "RUNNING"), ()),
    ({"start": "2147483648"}, State(P, "state", ASKED, "RUNNING"), ()),
    ({"start": "9", "now": None}, State(P, "state", ASKED, "RUNNING"), ()),
    ({"statename": "STARTING"}, State(P, "state", 1_795_465_842, "STARTING"), ()),
    ({"statename": "STOPPED", "start": 0, "description": "Not started"}, State(P, "state", ASKED, "STOPPED"), ()),
    ({"statename": "STOPPED", "stop": 1_795_465_845}, State(P, "state", 1_795_465_845, "STOPPED"), ()),
    ({"statename": "STOPPING"}, State(P, "state", ASKED, "STOPPING"), ()),
    (
        {"statename": "EXITED", "stop": 1_795_465_845},
        State(P, "state", 1_795_465_845, "EXITED", "exit status 0"),
        (number("exitstatus", 0.0, "count"),),
    ),
    (
        {"statename": "EXITED", "stop": 1_795_465_845, "exitstatus": 3, "spawnerr": "Bad exit code 3"},
        State(P, "state", 1_795_465_845, "EXITED", "exit status 3, unexpected"),
        (number("exitstatus", 3.0, "count"),),
    ),
    (
        {"statename": "EXITED", "stop": 1_795_465_845, "exitstatus": -1, "spawnerr": "Bad exit code -1"},
        State(P, "state", 1_795_465_845, "EXITED", "killed by a signal"),
        (),
    ),
    (
        {"statename": "FATAL", "spawnerr": "can't find command '/x'"},
        State(P, "state", 1_795_465_842, "FATAL", "can't find command '/x'"),
        (),
    ),
    (
        {"statename": "BACKOFF", "stop": 1_795_465_843, "spawnerr": "Exited too quickly"},
        State(P, "state", 1_795_465_843, "BACKOFF", "Exited too quickly"),
        (),
    ),
    ({"statename": "UNKNOWN", "exitstatus": "1" + "0" * 21}, State(P, "state", ASKED, "UNKNOWN"), ()),
]


@pytest.mark.parametrize(("changes", "state", "observations"), RECORDS)
def test_a_process_is_read(changes: dict[str, Any], state: State, observations: tuple[Observation, ...]) -> None:
    body = multicall(record(**changes))
    body = re.sub("<string>(2147483648|1000000000000000000000)</string>", r"<int>\1</int>", body)  # the library can't
    read = reading(body)
    assert read.observations == observations
    assert [one for one in read.states if one.metric in ("state", "version")] == [*SELF, state]
    assert read.faults == ()


def test_all_else_that_it_tells_of_a_process_is_kept_in_words() -> None:
    told = {
        "start": 1_795_465_842, "stop": 1_795_465_800, "pid": 9226, "spawnerr": "Bad exit code 3",
        "stdout_logfile": "/log/a b", "stderr_logfile": "",
    }  # fmt: skip
    assert reading(multicall(record(**told))).states[3:] == (
        State(P, "started", 1_795_465_842, "2026-11-23T20:30:42Z"),
        State(P, "stopped", 1_795_465_800, "2026-11-23T20:30:00Z"),
        State(P, "pid", 1_795_465_842, "9226"),
        State(P, "spawn_error", ASKED, "Bad exit code 3"),
        State(P, "stdout", ASKED, "/log/a b"),
    )


def test_a_process_in_two_groups_is_two() -> None:
    states = reading(multicall(record(group="x", name="a"), record(group="y", name="a"))).states
    assert [state.subject for state in states[2:] if state.metric == "state"] == ["process:x:a", "process:y:a"]


HOSTILE = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "a b'\"`$(id)": "a b'\"`$(id)",
    "n\nl": "n\\nl",
    "\u202egnp": "\\u202egnp",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_made_printable(name: str) -> None:
    said = reading(multicall(record(name=name, group=name, spawnerr=name, statename="FATAL")))
    assert said.states[2] == State(
        f"process:{HOSTILE[name]}:{HOSTILE[name]}", "state", 1_795_465_842, "FATAL", HOSTILE[name]
    )


def test_control_characters_do_not_cost_the_whole_answer() -> None:
    body = multicall(record(statename="FATAL", spawnerr="ESC[31m NUL")).replace("ESC", "\x1b").replace("NUL", "\0")
    assert reading(body).states[2].detail == "\\x1b[31m \\x00"


def test_invalid_utf_8_does_not_cost_the_whole_answer() -> None:
    body = multicall(record(statename="FATAL", spawnerr="caf?")).encode().replace(b"caf?", b"caf\xe9")
    assert reading(body).states[2].detail == "caf\\xe9"


@pytest.mark.parametrize("odd", [{}, 7, "x", [], record(group=""), record(name=None), record(statename=20)])
def test_an_odd_process_costs_only_itself(odd: Any) -> None:
    body = xmlrpc.client.dumps(
        (({"statename": "RUNNING"}, "4.3.0", [odd, record()]),), methodresponse=True, allow_none=True
    )
    said = reading(f"@now {NOW}\n@supervisor xml\n{body}")
    assert [state.subject for state in said.states[2:] if state.metric == "state"] == [P]
    assert [fault.reason for fault in said.faults] == ["a process without group, name or state"]


def test_a_fault_in_the_multicall_is_told() -> None:
    shutdown = {"faultCode": 6, "faultString": "SHUTDOWN_STATE"}
    said = reading(multicall(state=shutdown, version=shutdown))
    assert said.states == ()
    assert said.faults == (
        Fault(0, "SHUTDOWN_STATE", "supervisord answered supervisor.getState with fault 6"),
        Fault(0, "SHUTDOWN_STATE", "supervisord answered supervisor.getSupervisorVersion with fault 6"),
    )


def test_a_fault_of_the_whole_call_is_told() -> None:
    body = xmlrpc.client.dumps(xmlrpc.client.Fault(1, "UNKNOWN_METHOD"))
    assert reading(f"@now {NOW}\n@supervisor xml\n{body}") == Reading(
        faults=(Fault(0, "UNKNOWN_METHOD", "supervisord answered with fault 1"),)
    )


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
NO_REPLY = {
    BOMB + "<methodResponse/>": "holds a document type, which supervisord never sends",
    "": "is no reply of supervisord",
    "<html>not here</html>": "is no reply of supervisord",
    "<methodResponse><params></params></methodResponse>": "is no reply of supervisord",
    "<methodResponse><params><param><value><int>x</int></value></param></params></methodResponse>": "is no reply of supervisord",
    xmlrpc.client.dumps(([1, 2],), methodresponse=True): "is no reply of supervisord",
    xmlrpc.client.dumps((7,), methodresponse=True): "is no reply of supervisord",
    multicall(record()).partition("xml\n")[2][:700]: "is no reply of supervisord",
}


@pytest.mark.parametrize("body", NO_REPLY)
def test_what_is_no_reply_is_one_fault(body: str) -> None:
    said = reading(f"@now {NOW}\n@supervisor xml\n{body}")
    assert [fault.reason for fault in said.faults] == [NO_REPLY[body]]
    assert (said.states, said.observations) == ((), ())


def test_a_document_type_in_another_encoding_is_not_read() -> None:
    body = f'<?xml version="1.0" encoding="utf-16"?>{BOMB}<methodResponse/>'.encode("utf-16")
    said = reading(f"@now {NOW}\n@supervisor xml\n".encode() + body)
    assert [fault.reason for fault in said.faults] == ["is no reply of supervisord"]


def test_the_words_of_supervisorctl_give_states_alone() -> None:
    said = reading(
        f"@now {NOW}\n@supervisor words\n"
        "clock                            RUNNING   pid 16860, uptime 0:00:02\n"
        "x:a                              FATAL     can't find command '/x'\n"
        "stopped                          STOPPED   \n"
        "Server requires authentication\n"
    )
    assert said == Reading(
        states=(
            State("process:clock:clock", "state", ASKED, "RUNNING"),
            State("process:x:a", "state", ASKED, "FATAL", "can't find command '/x'"),
            State("process:stopped:stopped", "state", ASKED, "STOPPED"),
        ),
        faults=(Fault(0, "Server requires authentication", "is no line of supervisorctl status"),),
    )
