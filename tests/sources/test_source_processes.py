"""The source `processes`: its settings, and what it makes of systemd's answers, or of anything at all."""

from __future__ import annotations

import xmlrpc.client
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.config import ConfigError
from collector.config import parse as parse_config
from collector.model import Fault, Observation, Outcome, Reading, State
from collector.sources import processes
from collector.sources.processes import Settings
from tests.sources.recorded import ASKED, NOW, multicall, reading, record

# ------------------------------------------------------------------------------------------------- settings

WRONG = {
    "": 'nothing to watch; write supervisor = "unix:///run/supervisor.sock" or units = ["..."]',
    'units = ["a"]\nusername = "u"': "username and password are for supervisord; "
    "write supervisor = ... too, or remove them",
    'supervisor = "http://u:hush@h:1"\nusername = "u"': "the user stands twice; "
    "remove it from the URL, or remove username and password",
    'supervisor = "http://h:1"\nusername = "u"': "write username with one of password and password_file, "
    "or none of the three",
    'supervisor = "http://h:1"\npassword = "hush"': "write username with one of password and password_file, "
    "or none of the three",
    'supervisor = "http://h:1"\nusername = "u"\npassword = "hush"\npassword_file = "/x"': "write username with one of "
    "password and password_file, or none of the three",
    'supervisor = "http://h:1"\nusername = "u"\npassword = "hu\\nsh"': "a password may not hold control characters; "
    "choose another",
}


def told(lines: str) -> str:
    text = f'[nodes.a]\n[[nodes.a.sources]]\nkind = "processes"\n{lines}\n'
    with pytest.raises(ConfigError) as error:
        parse_config(text, Path("almanac.toml"), {})
    assert "hush" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("lines", WRONG)
def test_settings_that_do_not_fit_together_are_told(lines: str) -> None:
    assert told(lines) == f"almanac.toml: line 2: nodes.a.sources[0]: {WRONG[lines]}"


@pytest.mark.parametrize(
    "address",
    ["", "run/s.sock", "unix://run/s.sock", "http://h", "ftp://h:1", "http://u:hush@h:port", "http://h:99999", "http://h:1/?a", "http://u:hush@[h:1", "http://h:1/a\\u0000b"],
)  # fmt: skip
def test_an_address_that_cannot_be_asked_is_told_without_its_password(address: str) -> None:
    said = told(f'supervisor = "{address}"')
    assert said.startswith("almanac.toml: line 4: nodes.a.sources[0].supervisor: ")
    assert 'write "unix:///run/supervisor.sock" or "http://localhost:9001"' in said


@pytest.mark.parametrize("units", ['"cron.service"', '["a\\nb"]', '[""]'])
def test_units_that_cannot_be_names_are_told(units: str) -> None:
    assert "nodes.a.sources[0].units" in told(f"units = {units}")


SECRET = "hu'sh \\ \"%s$HOME"


@pytest.mark.parametrize(
    "keys",
    [
        {"supervisor": "http://u:hu%27sh%20%5C%20%22%25s%24HOME@localhost:9001/"},
        {"supervisor": "unix:///run/s.sock", "username": "u", "password": SECRET},
    ],
)
def test_a_password_is_asked_with_and_never_shown(keys: dict[str, Any]) -> None:
    given_settings = Settings(kind="processes", **keys)
    shown = [
        repr(given_settings),
        str(given_settings),
        given_settings.model_dump_json(),
        repr(given_settings.model_dump()),
    ]
    assert not any("HOME" in text for text in shown)
    assert "hu'\"'\"'sh" in processes.probe(given_settings)


def test_the_schema_for_editors_can_be_made() -> None:
    assert Settings.model_json_schema()["properties"]["supervisor"]["anyOf"][0]["type"] == "string"


# -------------------------------------------------------------------------------------------------- systemd

UNITS = f"""\
@now {NOW}
@units
ExecMainCode=0
ExecMainStatus=0
Result=success
Id=cron.service
LoadState=loaded
ActiveState=active
SubState=running
MainPID=412
InactiveExitTimestamp=Tue 2026-11-24 05:33:19 UTC
ActiveEnterTimestamp=Tue 2026-11-24 05:33:20 UTC
ActiveExitTimestamp=
InactiveEnterTimestamp=n/a

ExecMainCode=1
ExecMainStatus=3
Result=exit-code
Id=backup@svn.service
LoadState=loaded
ActiveState=failed
SubState=failed
InactiveExitTimestamp=Tue 2026-11-24 05:00:00 UTC
ActiveEnterTimestamp=
ActiveExitTimestamp=
InactiveEnterTimestamp=Tue 2026-11-24 05:00:09 UTC

ExecMainCode=2
ExecMainStatus=9
Result=signal
Id=killed.service
ActiveState=failed
SubState=failed

Id=backup.timer
LoadState=loaded
ActiveState=active
SubState=waiting
ActiveEnterTimestamp=Tue 2026-11-24 05:33:20.123456 UTC

Id=once.service
LoadState=loaded
ActiveState=active
SubState=exited
ActiveEnterTimestamp=Tue 2026-11-24 05:33:20 UTC

Id=gone.service
LoadState=not-found
ActiveState=inactive
SubState=dead

Id=masked.service
LoadState=masked
ActiveState=inactive
SubState=dead

Id=starting.service
LoadState=loaded
ActiveState=activating
SubState=auto-restart
InactiveExitTimestamp=Tue 2026-11-24 05:33:00 UTC
"""
BEGAN = 1_795_498_400  # 2026-11-24 05:33:20 UTC


def test_units_are_read() -> None:
    assert reading(UNITS) == Reading(
        observations=(Observation("unit:cron.service", "uptime", ASKED, float(NOW - BEGAN), "seconds"),),
        states=(
            State("unit:cron.service", "state", BEGAN, "active", "running"),
            State("unit:cron.service", "started", BEGAN, "2026-11-24T05:33:20Z"),
            State("unit:cron.service", "pid", BEGAN, "412"),
            State("unit:backup@svn.service", "state", BEGAN - 1991, "failed", "failed: exit-code, exit status 3"),
            State("unit:killed.service", "state", ASKED, "failed", "failed: signal, signal 9"),
            State("unit:backup.timer", "state", BEGAN, "active", "waiting"),
            State("unit:backup.timer", "started", BEGAN, "2026-11-24T05:33:20Z"),
            State("unit:once.service", "state", BEGAN, "active", "exited"),
            State("unit:once.service", "started", BEGAN, "2026-11-24T05:33:20Z"),
            State("unit:gone.service", "state", ASKED, "not-found", "dead"),
            State("unit:masked.service", "state", ASKED, "masked", "dead"),
            State("unit:starting.service", "state", BEGAN - 20, "activating", "auto-restart"),
        ),
    )


def test_a_node_without_a_clock_has_units_without_uptime() -> None:
    assert reading(UNITS.replace(f"@now {NOW}", "@now ")).observations == ()


def test_a_time_in_another_zone_is_not_taken_for_utc() -> None:
    said = reading(
        f"@now {NOW}\n@units\nId=a.service\nActiveState=active\nActiveEnterTimestamp=Tue 2026-11-24 05:33:20 CST"
    )
    assert said.states == (State("unit:a.service", "state", ASKED, "active"),)


def test_odd_lines_of_units_are_told_with_their_place() -> None:
    said = reading(
        f"@now {NOW}\n@units\nId=a.service\nActiveState=active\nwarning: \x1b[1modd\n\nId=half.service\n\nOther=1\n"
    )
    assert [state.subject for state in said.states] == ["unit:a.service"]
    assert said.faults == (
        Fault(5, "warning: \\x1b[1modd", "is no property that systemctl was asked for"),
        Fault(8, "{'Id': 'half.service'}", "a unit without Id or ActiveState"),
        Fault(9, "Other=1", "is no property that systemctl was asked for"),
    )


@pytest.mark.parametrize("outcome", [Outcome.TOO_LONG, Outcome.CUT_OFF])
def test_a_unit_cut_in_two_is_not_read(outcome: Outcome) -> None:
    cut = UNITS[: UNITS.index("ActiveState=failed") + len("ActiveState=fai")]
    assert {state.subject for state in reading(cut, outcome).states} == {"unit:cron.service"}


def test_units_and_supervisord_in_one_answer() -> None:
    said = reading(UNITS + multicall(record()).partition("\n")[2])
    where = "supervisor:/run/supervisor.sock"
    told = [state.subject for state in said.states if state.metric in ("state", "version")]
    assert told[-3:] == [where, where, "process:g1:clock"]
    assert (len(told), said.faults) == (11, ())


def test_what_failed_is_told_beside_what_did_not() -> None:
    said = reading(UNITS + "@failed supervisord at /run/supervisor.sock answered HTTP 500\n")
    assert len({state.subject for state in said.states}) == 8
    assert said.faults == (Fault(0, "", "supervisord at /run/supervisor.sock answered HTTP 500"),)


# ------------------------------------------------------------------------------------------------- anything


@pytest.mark.parametrize("body", [b"", b"\xff\x00", b"Last login: today\n", b"@now x\n@units\n"])
def test_what_is_no_answer_at_all_is_one_fault(body: bytes) -> None:
    assert len(reading(body).faults) == (1 if body else 0)


XMLRPC = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(sorted(record())), inner),
    max_leaves=20,
)
RECORD = st.fixed_dictionaries({}, optional=dict.fromkeys(record(), XMLRPC))


def sound(said: Reading) -> bool:
    texts = [state.subject + state.value + state.detail for state in said.states]
    texts += [number.subject for number in said.observations]
    texts += [fault.text + fault.reason for fault in said.faults]
    return all(text.isprintable() for text in texts) and all(number.value >= 0 for number in said.observations)


@settings(max_examples=200)
@given(
    st.binary(),
    st.sampled_from([b"", b"@now 7\n@units\n", b"@now 7\n@supervisor xml\n", b"@now 7\n@supervisor words\n"]),
)
def test_any_bytes_are_read_without_an_error(body: bytes, before: bytes) -> None:
    assert sound(reading(before + body))


@settings(max_examples=200)
@given(st.lists(RECORD, max_size=3), XMLRPC, XMLRPC)
def test_any_values_in_a_reply_are_read_without_an_error(records: list[Any], state: Any, version: Any) -> None:
    body = xmlrpc.client.dumps(([state, version, records],), methodresponse=True, allow_none=True)
    assert sound(reading(f"@now {NOW}\n@supervisor xml\n{body}".encode("utf-8", "surrogatepass")))


@settings(max_examples=100)
@given(st.integers(0, len(UNITS)), st.text())
def test_units_with_anything_in_them_are_read_without_an_error(place: int, text: str) -> None:
    assert sound(reading((UNITS[:place] + text + UNITS[place:]).encode("utf-8", "surrogatepass")))
